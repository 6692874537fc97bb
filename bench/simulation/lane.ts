/** A lane as it is simulated: what waits in it, what is under way, and what became of it. */
import { burstOf, concurrencyFor, LEASE_MS } from '../../src/dispatch/index.js';
import { quantile } from '../statistics.js';
import type { Wait } from './clock.js';
import type { LaneModel, LaneResult } from './model.js';

/** Messages that were claimed together. */
export interface Batch {
  /** When each of its tickets came. */
  readonly tickets: readonly number[];
  readonly bulk: number;
  /** Its calls have begun. */
  called: boolean;
}

export const sizeOf = ({ tickets, bulk }: Batch): number => tickets.length + bulk;

export class Lane {
  /** Messages in flight that it may have at the most, and units at once. */
  readonly most: number;
  readonly burst: number;
  /** When its rate allows the next unit. */
  freeAt = 0;
  leaseUntil = 0;
  readonly batches = new Set<Batch>();
  private readonly tickets: number[] = [];
  private bulk: number;
  private waiting: (() => void)[] = [];
  private readonly ticketWaits: number[] = [];
  private sent = 0;
  private lastAt = 0;
  private doneAt: number | undefined;
  private inDoubt = 0;

  constructor(readonly model: LaneModel) {
    this.most = concurrencyFor(model.rate) * model.perCall;
    this.burst = burstOf(model.rate);
    this.bulk = model.campaign ?? 0;
  }

  get hasWork(): boolean {
    return this.bulk > 0 || this.tickets.length > 0;
  }

  get underWay(): number {
    let messages = 0;
    for (const batch of this.batches) messages += sizeOf(batch);
    return messages;
  }

  arrive(at: number): void {
    this.tickets.push(at);
  }

  /** Tickets first, as in a claim. */
  take(most: number): Batch {
    const tickets = this.tickets.splice(0, most);
    const bulk = Math.min(this.bulk, most - tickets.length);
    this.bulk -= bulk;
    return { tickets, bulk, called: false };
  }

  /** One of its calls begins, the so-manieth. */
  call(batch: Batch, place: number, now: number): void {
    const { perCall } = this.model;
    const tickets = batch.tickets.slice(place * perCall, (place + 1) * perCall);
    this.ticketWaits.push(...tickets.map((at) => now - at));
  }

  recorded(batch: Batch, now: number): void {
    this.sent += sizeOf(batch);
    this.lastAt = now;
    this.end(batch);
    if (this.bulk === 0 && ![...this.batches].some(({ bulk }) => bulk > 0) && this.model.campaign) this.doneAt ??= now;
  }

  /** Resolves when a batch ends. */
  change(): Wait {
    return (resume) => void this.waiting.push(resume);
  }

  /** Whoever had it died: what was not called waits again. */
  abandon(): void {
    for (const batch of this.batches) {
      if (batch.called) this.inDoubt += sizeOf(batch);
      else {
        this.bulk += batch.bulk;
        this.tickets.unshift(...batch.tickets);
      }
    }
    this.batches.clear();
    this.waiting = [];
    this.leaseUntil = 0;
  }

  lease(now: number): void {
    this.leaseUntil = now + LEASE_MS;
  }

  result(seconds: number): LaneResult {
    const waits = this.ticketWaits;
    return {
      name: this.model.name,
      sent: this.sent,
      perSecond: this.sent / Math.max(this.model.tickets === undefined ? this.lastAt / 1_000 : seconds, 1e-3),
      doneAfterSeconds: this.doneAt === undefined ? undefined : this.doneAt / 1_000,
      ticketMs:
        waits.length === 0
          ? undefined
          : { p50: quantile(waits, 0.5), p95: quantile(waits, 0.95), longest: Math.max(...waits) },
      inDoubt: this.inDoubt,
    };
  }

  private end(batch: Batch): void {
    this.batches.delete(batch);
    for (const resume of this.waiting.splice(0)) resume();
  }
}
