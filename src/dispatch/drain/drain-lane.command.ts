/** Empties a lane: claim, render, gate, send, record, until nothing is ready. */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Claims } from './claims.js';
import type { LeasedLane } from '../lanes/leased-lane.js';
import { LaneLeases } from '../lanes/lane-leases.js';
import { LaneQueue } from '../lanes/lane.queue.js';
import { burstOf } from '../lanes/rate.js';
import { TransactionalPriority } from './transactional-priority.js';
import { TracedSending } from './traced-sending.js';
import { InFlightBatches } from './in-flight-batches.js';

/** A drain yields its worker to other lanes after this long, for fairness. */
export const TURN_MS = 20_000;
/** It waits for the rate in steps, so that it outlives neither its lease nor a shutdown. */
const STEP_MS = 250;
/** If the breaker is open for longer than this, a drain yields its worker instead of waiting. */
const WORTH_LEAVING_MS = 2_000;
/** With calls in flight it polls again after this long: a ticket must not wait for another message's slow call. */
export const LOOK_AGAIN_MS = 50;

export class DrainLane extends Command<void> {
  constructor(readonly laneId: string) {
    super();
  }
}

/** State shared by all drains of this process. */
@Injectable()
export class Drains implements OnModuleDestroy {
  readonly priority = new TransactionalPriority();
  /** Drains finish their in-flight batches and claim no more: the first step of a shutdown. */
  stopping = false;

  onModuleDestroy(): void {
    this.stopping = true;
  }
}

@CommandHandler(DrainLane)
export class DrainLaneHandler implements ICommandHandler<DrainLane> {
  constructor(
    private readonly drains: Drains,
    private readonly leases: LaneLeases,
    private readonly claims: Claims,
    private readonly sending: TracedSending,
    private readonly lanes: LaneQueue,
  ) {}

  async execute({ laneId }: DrainLane): Promise<void> {
    const lane = this.drains.stopping ? undefined : await this.leases.acquire(laneId);
    if (!lane) return;
    const batches = new InFlightBatches(this.drains.priority);
    let more = true;
    try {
      if (lane.row.abandoned) await this.claims.settleAbandoned(laneId);
      const until = performance.now() + TURN_MS;
      while (more && !this.drains.stopping && performance.now() < until) more = await this.turn(lane, batches);
      await batches.close();
    } finally {
      await batches.end(); // everything in flight is recorded before another drain may lease the lane
      await this.leases.release(lane);
    }
    if (more) this.lanes.wake(laneId);
  }

  /** Claims one batch and starts sending it, while earlier ones are in flight. False if nothing is ready or in flight. */
  private async turn(lane: LeasedLane, batches: InFlightBatches): Promise<boolean> {
    if (lane.lease.isStale && !(await this.leases.renew(lane))) return false;
    const { breaker, budget } = lane;
    const { rate_per_second: rate, concurrency, batch_size: batchSize } = lane.settings;
    if (breaker.openMs > WORTH_LEAVING_MS) return false; // the sweep wakes the lane for its half-open probe
    const wait = Math.max(breaker.openMs, budget.waitMs(rate));
    if (wait > 0) {
      await delay(Math.min(wait, STEP_MS));
      return true;
    }
    const size = await batches.room(breaker.isHalfOpen ? 1 : concurrency * batchSize, burstOf(rate));
    if (breaker.openMs > 0) return true; // calls in flight have opened it meanwhile
    const claimed = await this.claims.claim(lane, size);
    if (claimed.length === 0) return batches.change(LOOK_AGAIN_MS);
    this.drains.priority.notice(claimed, size);
    batches.add(this.sending.send(lane, claimed), claimed.length);
    if (claimed.length === size) await batches.rest();
    return true;
  }
}
