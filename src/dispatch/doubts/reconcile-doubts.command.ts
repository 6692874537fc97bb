/** Settles messages in doubt by their provider's list. */
import { Injectable, Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { ProviderRegistry, type Trace } from '../../providers/index.js';
import { findingOf, type Finding } from './doubt.js';
import { type Doubt, Doubts, Transitions, type MessageStatus } from '../../ledger/index.js';
import { Envelopes } from '../drain/envelopes.js';
import { LaneQueue } from '../lanes/lane.queue.js';

/** Provider lists are slow and rate-limited: few queries at a time. */
const BATCH = 20;
/** A provider's clock may differ from ours, and a call that was given up be under way a while. */
const CLOCKS_DIFFER_MS = 10 * 60_000;

/** The provider may not know it yet, or we not by which id. */
const UNDER_WAY: ReadonlySet<MessageStatus> = new Set<MessageStatus>(['queued', 'scheduled', 'sending', 'unknown']);

export class ReconcileDoubts extends Command<void> {}

/** Queries a provider's list. */
@Injectable()
export class Inquiry {
  private readonly logger = new Logger(Inquiry.name);

  constructor(
    private readonly providers: ProviderRegistry,
    private readonly envelopes: Envelopes,
  ) {}

  /** Undefined if the provider has no list or did not answer; then nothing is known, and `ever` says whether it may be. */
  async make({
    message,
    acceptedAt,
    since: doubtedSince,
    provider,
    providerAccountId,
  }: Doubt): Promise<{ ever: boolean; traces?: Trace[] }> {
    const adapter = await this.providers.adapter(provider);
    if (!adapter.traces) return { ever: false };
    const { channel, sender_address: from, recipient: to } = message;
    const since = new Date(acceptedAt.getTime() - CLOCKS_DIFFER_MS);
    const until = new Date(doubtedSince.getTime() + CLOCKS_DIFFER_MS);
    try {
      const account = await this.providers.account(providerAccountId);
      return { ever: true, traces: await adapter.traces(account, { channel, from, to }, { since, until }) };
    } catch (error) {
      this.logger.warn(
        `A message in doubt is looked into later: ${error instanceof Error ? error.message : 'no answer'}`,
      );
      return { ever: true };
    }
  }

  async finding({ message, since }: Doubt, traces: readonly Trace[]): Promise<Finding> {
    const [prepared] = await this.envelopes.prepare([message]);
    if (!prepared || 'failed' in prepared) return traces.length === 0 ? { kind: 'absent' } : { kind: 'unclear' };
    return findingOf(prepared.envelope.content, since, traces);
  }
}

@CommandHandler(ReconcileDoubts)
export class ReconcileDoubtsHandler implements ICommandHandler<ReconcileDoubts> {
  constructor(
    private readonly database: Database,
    private readonly doubts: Doubts,
    private readonly inquiry: Inquiry,
    private readonly transitions: Transitions,
    private readonly lanes: LaneQueue,
  ) {}

  async execute(): Promise<void> {
    for (const doubt of await this.doubts.due(BATCH)) await this.settle(doubt);
  }

  private async settle(doubt: Doubt): Promise<void> {
    const { ever, traces } = await this.inquiry.make(doubt);
    if (!ever) return this.doubts.stopChecking(doubt.message.id);
    if (traces) await this.judge(doubt, traces);
  }

  /** One at a time per person, so that two equal messages in doubt do not both match one entry. */
  private judge(doubt: Doubt, traces: readonly Trace[]): Promise<void> {
    return this.database.transaction(async () => {
      const { id: messageId, recipient } = doubt.message;
      await this.database.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
        `doubt ${doubt.laneId} ${recipient}`,
      ]);
      const owned = await this.doubts.owned(
        doubt,
        traces.map(({ providerMessageId }) => providerMessageId),
      );
      const free = traces.filter(({ providerMessageId }) => !owned.has(providerMessageId));
      const finding = await this.inquiry.finding(doubt, free);
      const follower = await this.doubts.statusOfFollower(messageId);
      // What is found may be the message that was sent in its place.
      if (finding.kind === 'unclear' || (follower && UNDER_WAY.has(follower))) return;
      if (finding.kind === 'taken') {
        const { providerMessageId, status, code, message: errorMessage } = finding.trace;
        const reason = status === 'failed' || status === 'undelivered' ? 'provider_report' : undefined;
        await this.transitions.apply(
          [{ messageId, providerMessageId, status, code, errorMessage, reason }],
          'reconciler',
        );
      } else if (follower) {
        await this.transitions.apply([{ messageId, status: 'failed', reason: 'proven_absent' }], 'reconciler');
      } else {
        await this.transitions.defer(
          [{ messageId, reason: 'proven_absent', code: 'not_found', retryInMs: 0 }],
          'reconciler',
        );
        await this.lanes.wakeAfterCommit([doubt.laneId]);
      }
    });
  }
}
