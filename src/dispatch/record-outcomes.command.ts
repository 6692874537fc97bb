/** Records what came of provider calls: the end of a drain's turn. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { RecordProviderOptOuts, type ProviderOptOut } from '../consent/index.js';
import { Database } from '../kernel/index.js';
import type { Outcome, RefusalClass } from '../providers/index.js';
import type { ClaimedMessage } from './claim.js';
import { retryAfter } from './retry.policy.js';
import { Transitions, type Deferral, type News } from './transitions.js';

/** A claimed message and what came of it: a provider's outcome, or our own decision not to call. */
export interface Settlement {
  readonly message: ClaimedMessage;
  readonly outcome: Outcome | { readonly kind: 'stopped'; readonly status: News['status']; readonly reason: string };
}

export class RecordOutcomes extends Command<void> {
  constructor(readonly settlements: readonly Settlement[]) {
    super();
  }
}

const REASON: Readonly<Record<RefusalClass, string>> = {
  recipient: 'recipient_refused',
  'opted-out': 'opted_out_at_provider',
  content: 'content_refused',
  config: 'sender_misconfigured',
  account: 'provider_account_stopped',
};

@CommandHandler(RecordOutcomes)
export class RecordOutcomesHandler implements ICommandHandler<RecordOutcomes> {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
    private readonly commands: CommandBus,
  ) {}

  async execute({ settlements }: RecordOutcomes): Promise<void> {
    const deferrals: Deferral[] = [];
    const news: News[] = [];
    for (const { message, outcome } of settlements) {
      const retryInMs = outcome.kind === 'deferred' ? retryAfter(message, outcome) : undefined;
      if (outcome.kind === 'deferred' && retryInMs !== undefined) {
        deferrals.push({ messageId: message.id, code: outcome.code, retryInMs });
      } else {
        news.push({ messageId: message.id, ...newsOf(outcome) });
      }
    }
    const optedOut = settlements.flatMap(optOutOf);
    if (deferrals.length === 0 && optedOut.length === 0) {
      await this.transitions.apply(news, 'dispatch');
      return;
    }
    await this.database.transaction(async () => {
      await this.transitions.apply(news, 'dispatch');
      await this.transitions.defer(deferrals);
      if (optedOut.length > 0) await this.commands.execute(new RecordProviderOptOuts(optedOut));
    });
  }
}

function newsOf(outcome: Settlement['outcome']): Omit<News, 'messageId'> {
  switch (outcome.kind) {
    case 'accepted':
      return { status: 'sent', providerMessageId: outcome.providerMessageId };
    case 'refused':
      return {
        status: outcome.reason === 'opted-out' ? 'blocked_opted_out' : 'failed',
        reason: REASON[outcome.reason],
        code: outcome.code,
      };
    case 'deferred':
      return { status: 'failed', reason: 'retries_exhausted', code: outcome.code };
    case 'unknown':
      return { status: 'unknown', reason: 'no_answer', code: outcome.code };
    case 'stopped':
      return { status: outcome.status, reason: outcome.reason, uncalled: true };
  }
}

function optOutOf({ message, outcome }: Settlement): ProviderOptOut[] {
  if (outcome.kind !== 'refused' || outcome.reason !== 'opted-out') return [];
  const { tenant_id: tenantId, venue_id: venueId, channel, recipient: address, id: messageId } = message;
  return [{ tenantId, venueId, channel, address, messageId, code: outcome.code }];
}
