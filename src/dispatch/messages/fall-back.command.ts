/** Sends the next fallback step of messages that ended without reaching the person. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { errorLine, Database, DomainError } from '../../kernel/index.js';
import { FallbackDrafts } from './fallback-drafts.js';
import { CampaignThrottles, type ThrottleState } from '../lanes/campaign-throttles.js';
import { LaneQueue } from '../lanes/lane.queue.js';
import { FALLS_BACK, Ledger, MESSAGES, type MessageDraft, type StoredStep } from '../../ledger/index.js';

/** A step that failed on our side is retried after this long. */
const AGAIN_AFTER_S = 30;

/** Those of a paused campaign are looked at again after this long. */
const HELD_FOR_S = 5;

/** SQL: whether any message's fallback is due. */
export const ANY_FALLBACK_DUE = `exists (select from fallback_due where due_at <= clock_timestamp())`;

export class FallBack extends Command<void> {}

@CommandHandler(FallBack)
export class FallBackHandler implements ICommandHandler<FallBack> {
  private readonly logger = new Logger(FallBackHandler.name);

  constructor(
    private readonly database: Database,
    private readonly drafts: FallbackDrafts,
    private readonly ledger: Ledger,
    private readonly throttles: CampaignThrottles,
    private readonly lanes: LaneQueue,
  ) {}

  /** Until none is due. Safe to run concurrently: creating a step and clearing its due record are one transaction. */
  async execute(): Promise<void> {
    for (let id = await this.next(); id !== undefined; id = await this.next()) await this.settle(id);
  }

  private async next(): Promise<string | undefined> {
    const [due] = await this.database.query<{ id: string }>(
      `select message_id as id from fallback_due where due_at <= clock_timestamp() order by due_at limit 1`,
    );
    return due?.id;
  }

  private async settle(id: string): Promise<void> {
    try {
      await this.database.transaction(() => this.step(id));
    } catch (error) {
      this.logger.warn(`A fallback waits: ${errorLine(error)}`);
      await this.database.query(
        `update fallback_due set due_at = clock_timestamp() + make_interval(secs => $2) where message_id = $1`,
        [id, AGAIN_AFTER_S],
      );
    }
  }

  /**
   * The message is locked first, as by a report; a report may have come that the person was reached. It may be due once more, as a report
   * was read while the step was made.
   */
  private async step(id: string): Promise<void> {
    const message = await this.ledger.lock(id);
    const state = message ? await this.stateOf(message) : undefined;
    if (message && state === 'held') return this.wait(message);
    await this.database.query(`delete from fallback_due where message_id = $1`, [id]);
    if (!message || message.is_expired || message.followed_by !== null || !FALLS_BACK.includes(message.status)) return;
    const obstacle = message.recalled ?? (state === 'closed' ? 'campaign_cancelled' : null);
    if (obstacle !== null) await this.ledger.note(id, 'fallback_refused', obstacle);
    const next = obstacle === null ? await this.firstThatGoes(message) : undefined;
    await this.ledger.follow(id, next?.id ?? null);
    if (!next) return;
    await this.ledger.insert([next]);
    await this.ledger.note(id, 'fell_back', next.channel);
    await this.lanes.wakeAfterCommit([next.lane_id]);
  }

  /** What follows a campaign's message is not counted as the campaign's, and yet it is held and cancelled with it. */
  private async stateOf({
    campaign_id: own,
    root_campaign_id: root,
  }: MessageDraft): Promise<ThrottleState | undefined> {
    const campaignId = own ?? root;
    return campaignId === null ? undefined : this.throttles.hold(campaignId);
  }

  /** With all others of its campaign, of which there may be many. */
  private async wait({ id, campaign_id: campaignId }: MessageDraft): Promise<void> {
    await this.database.query(
      `update fallback_due set due_at = clock_timestamp() + make_interval(secs => $3) from ${MESSAGES} as message
       where message.id = message_id and (message_id = $1 or campaign_id = $2)`,
      [id, campaignId, HELD_FOR_S],
    );
  }

  /** A step without a sender must not block the next one. */
  private async firstThatGoes(message: MessageDraft): Promise<MessageDraft | undefined> {
    const steps = message.fallback ?? (message.channel === 'mms' ? [asText(message)] : []);
    for (const [place, step] of steps.entries()) {
      try {
        return await this.drafts.make(message, step, steps.slice(place + 1));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        await this.ledger.note(message.id, 'fallback_refused', error.code);
      }
    }
    return undefined;
  }
}

/** Of a message without a fallback only one whose picture is at fault is due: it is sent as a text with links. */
const asText = ({ template_version_id: versionId, content }: MessageDraft): StoredStep => ({
  channel: 'sms',
  ...(versionId !== null && { versionId }),
  ...(content !== null && { content }),
});
