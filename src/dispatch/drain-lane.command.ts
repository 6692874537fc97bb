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
/** Windows of a drain under way at once: the database claims one and records another while the provider works on the third. */
const AT_ONCE = 3;
/** Messages of one window: more make no statement cheaper, and these may be in doubt when a worker dies. */
const WINDOW = 100;
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
    const windows = new Windows();
    let more = true;
    try {
      if (lease.lane.abandoned) await this.claims.settleAbandoned(laneId);
      const until = performance.now() + TURN_MS;
      while (more && !this.drains.stopping && performance.now() < until) more = await this.turn(lease, windows);
      await windows.close();
    } finally {
      await windows.end(); // what is in hand is recorded before another drain may have the lane
      await this.leases.release(lease);
    }
    if (more) this.lanes.wake(laneId);
  }

  /** Claims one window and sends it off, while the one before is still under way. False when nothing is ready. */
  private async turn(lease: LaneLease, windows: Windows): Promise<boolean> {
    if (lease.isStale && !(await this.leases.renew(lease))) return false;
    const { rate_per_second: rate, concurrency, batch_size: batchSize } = lease.settings;
    const wait = waitFor(performance.now(), lease.freeAt, rate);
    if (wait > 0) {
      await delay(Math.min(wait, STEP_MS));
      return true;
    }
    await windows.room();
    const limit = Math.min(WINDOW, Math.ceil((concurrency * batchSize) / AT_ONCE));
    const claimed = await this.claims.claim(lease, limit, budgetAt(performance.now(), lease.freeAt, rate));
    if (claimed.length === 0) return false;
    windows.add(this.sending.send(lease, claimed));
    return true;
  }
}

/** Windows of one drain on their way. */
class Windows {
  private readonly open = new Set<Promise<void>>();

  add(window: Promise<void>): void {
    const tracked = window.finally(() => this.open.delete(tracked));
    tracked.catch(() => undefined); // told by whoever waits for it
    this.open.add(tracked);
  }

  /** Waits until another may be sent off. Rejects with what a window failed with. */
  async room(): Promise<void> {
    while (this.open.size >= AT_ONCE) await Promise.race(this.open);
  }

  /** Waits for all. Rejects with what a window failed with. */
  async close(): Promise<void> {
    await Promise.all(this.open);
  }

  /** Waits for all, however they end. */
  async end(): Promise<void> {
    await Promise.allSettled(this.open);
  }
}
