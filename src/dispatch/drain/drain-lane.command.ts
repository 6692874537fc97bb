/** Empties a lane: claim, render, gate, send, record, until nothing is ready. */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Claims } from './claims.js';
import type { LaneLease } from '../lanes/lane-lease.js';
import { LaneLeases } from '../lanes/lane-leases.js';
import { LaneQueue } from '../lanes/lane.queue.js';
import { isHalfOpen } from '../lanes/circuit-breaker.rules.js';
import { TransactionalPriority } from './transactional-priority.js';
import { budgetAt, waitFor } from '../lanes/rate.js';
import { Sending } from './sending.js';
import { InFlightBatches } from './in-flight-batches.js';

/** A drain gives its worker's place to other lanes after this long. */
const TURN_MS = 20_000;
/** It waits for the rate in steps, so that it neither outlives its lease nor a shutdown. */
const STEP_MS = 250;
/** A drain waits for shorter rests, and leaves its place to other lanes in longer ones. */
const WORTH_LEAVING_MS = 2_000;
/** While calls are under way it looks again after this long: a ticket must not wait for a slow call to another. */
const LOOK_AGAIN_MS = 50;

export class DrainLane extends Command<void> {
  constructor(readonly laneId: string) {
    super();
  }
}

/** What all drains of this process share. */
@Injectable()
export class Drains implements OnModuleDestroy {
  readonly priority = new TransactionalPriority();
  /** They finish what they hold and claim no more: the first step of a shutdown. */
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
    private readonly sending: Sending,
    private readonly lanes: LaneQueue,
  ) {}

  async execute({ laneId }: DrainLane): Promise<void> {
    const lease = this.drains.stopping ? undefined : await this.leases.acquire(laneId);
    if (!lease) return;
    const batches = new InFlightBatches(this.drains.priority);
    let more = true;
    try {
      if (lease.lane.abandoned) await this.claims.settleAbandoned(laneId);
      const until = performance.now() + TURN_MS;
      while (more && !this.drains.stopping && performance.now() < until) more = await this.turn(lease, batches);
      await batches.close();
    } finally {
      await batches.end(); // what is in hand is recorded before another drain may have the lane
      await this.leases.release(lease);
    }
    if (more) this.lanes.wake(laneId);
  }

  /** Claims one batch and sends it off, while those before are still under way. False when nothing is ready, nor under way. */
  private async turn(lease: LaneLease, batches: InFlightBatches): Promise<boolean> {
    if (lease.isStale && !(await this.leases.renew(lease))) return false;
    const { rate_per_second: rate, concurrency, batch_size: batchSize } = lease.settings;
    if (lease.openMs > WORTH_LEAVING_MS) return false; // the sweep wakes it when it has rested
    const wait = Math.max(lease.openMs, waitFor(performance.now(), lease.freeAt, rate));
    if (wait > 0) {
      await delay(Math.min(wait, STEP_MS));
      return true;
    }
    const size = await batches.room(isHalfOpen(lease.breaker) ? 1 : concurrency * batchSize);
    if (lease.openMs > 0) return true; // what was under way said so meanwhile
    const claimed = await this.claims.claim(lease, size, budgetAt(performance.now(), lease.freeAt, rate));
    if (claimed.length === 0) return batches.change(LOOK_AGAIN_MS);
    this.drains.priority.notice(claimed, size);
    batches.add(this.sending.send(lease, claimed), claimed.length);
    if (claimed.length === size) await batches.rest();
    return true;
  }
}
