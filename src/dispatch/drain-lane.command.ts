/** Empties a lane: claim, gate, render, send, record, until nothing is ready. */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Claims } from './claim.js';
import { LaneLeases, type LaneLease } from './lane.lease.js';
import { LaneQueue } from './lane.queue.js';
import { budgetAt, waitFor } from './rate.js';
import { Sending } from './sending.js';

/** A drain gives its worker's place to other lanes after this long. */
const TURN_MS = 20_000;
/** It waits for the rate in steps, so that it neither outlives its lease nor a shutdown. */
const STEP_MS = 250;

export class DrainLane extends Command<void> {
  constructor(readonly laneId: string) {
    super();
  }
}

/** Tells all drains of this process to finish what they hold and claim no more: the first step of a shutdown. */
@Injectable()
export class Drains implements OnModuleDestroy {
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
    let more = true;
    try {
      if (lease.lane.abandoned) await this.claims.settleAbandoned(laneId);
      const until = performance.now() + TURN_MS;
      while (more && !this.drains.stopping && performance.now() < until) more = await this.turn(lease);
    } finally {
      await this.leases.release(lease);
    }
    if (more) this.lanes.wake(laneId);
  }

  /** Claims, sends and records one window. False when nothing is ready. */
  private async turn(lease: LaneLease): Promise<boolean> {
    const { rate_per_second: rate, concurrency, batch_size: batchSize } = lease.lane;
    const wait = waitFor(performance.now(), lease.freeAt, rate);
    if (wait > 0) {
      await delay(Math.min(wait, STEP_MS));
      return wait <= STEP_MS || this.leases.renew(lease);
    }
    const claimed = await this.claims.claim(
      lease,
      concurrency * batchSize,
      budgetAt(performance.now(), lease.freeAt, rate),
    );
    if (claimed.length === 0) return false;
    await this.sending.send(lease, claimed);
    return true;
  }
}
