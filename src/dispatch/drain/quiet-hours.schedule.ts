/** Moves what waits for a tenant's quiet hours once these have changed: to when a message that came now would go. */
import { Injectable } from '@nestjs/common';
import { QuietTimes } from '../../consent/index.js';
import { Database, Scheduled } from '../../kernel/index.js';
import { WaitingTimes, type Waiting, type WaitingMessage } from '../../ledger/index.js';
import { QUIET_HOURS_CHANGES, QuietHoursChanges, type QuietHoursChange } from '../../tenants/index.js';

/** Messages of a transaction. */
const BATCH = 1_000;
/** Batches of a tenant in a run, so that others come to their turn: a million messages take some minutes. */
const BATCHES = 20;

type Place = Pick<QuietHoursChange, 'after'> & { readonly awaited: readonly string[] };

@Injectable()
export class QuietHoursSchedule {
  constructor(
    private readonly database: Database,
    private readonly changes: QuietHoursChanges,
    private readonly waiting: WaitingTimes,
  ) {}

  /** The sweep wakes the lanes of what may go now. */
  @Scheduled({ name: 'move-quiet-hours', everyMs: 2_000, when: `exists (select from ${QUIET_HOURS_CHANGES})` })
  async move(): Promise<void> {
    for (const tenantId of await this.changes.open()) await this.moveOf(tenantId);
  }

  /** Moves what waits for the hours of one tenant, or the first of it where that is much: to when it may go from `now` on. */
  async moveOf(tenantId: string, now = new Date()): Promise<void> {
    let batches = 0;
    while (batches < BATCHES && (await this.moveBatch(tenantId, now))) batches += 1;
  }

  /**
   * Moves the next messages, in a transaction with how far that has come. False if there are none now: all are through, or some are held by drains. These are
   * waited for, as they may have been judged by the hours from before the change.
   */
  private moveBatch(tenantId: string, now: Date): Promise<boolean> {
    return this.database.transaction(async () => {
      const change = await this.changes.take(tenantId);
      if (!change) return false;
      const asked = { tenantId, reason: 'quiet_hours' } as const;
      const awaited = change.awaited ?? (await this.waiting.claimedOf(tenantId));
      const next = await this.waiting.next(asked, change.after, BATCH);
      await this.moveAll(tenantId, change, next, now);
      if (next.last !== undefined) {
        const place: Place = { after: next.last, awaited: [...awaited, ...next.held] };
        await this.changes.advance(tenantId, place);
        return true;
      }
      const late = await this.waiting.among(asked, awaited);
      await this.moveAll(tenantId, change, late, now);
      if (late.held.length === 0) await this.changes.end(tenantId);
      else await this.changes.advance(tenantId, { after: change.after, awaited: late.held });
      return false;
    });
  }

  private async moveAll(
    tenantId: string,
    { quietHours, timezone }: QuietHoursChange,
    { messages }: Waiting,
    now: Date,
  ): Promise<void> {
    if (messages.length === 0) return;
    const quiet = new QuietTimes(now);
    // As the gate has it.
    const goes = ({ category, ...to }: WaitingMessage): Date =>
      (quietHours !== null && category === 'marketing' && quiet.until({ tenantId, ...to }, quietHours, timezone)) ||
      now;
    await this.waiting.move(new Map(messages.map((message) => [message.id, goes(message)])));
  }
}
