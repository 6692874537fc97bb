/** Records the outcomes of provider calls: the last step of a batch. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  RecordAddressReports,
  RecordProviderOptOuts,
  type AddressReport,
  type ProviderOptOut,
} from '../../consent/index.js';
import { Database } from '../../kernel/index.js';
import type { Outcome, RefusalClass } from '../../providers/index.js';
import { type ClaimedMessage, type Deferral, type MessageReason, type News, Transitions } from '../../ledger/index.js';
import type { Hindrance } from '../lanes/campaign-throttles.js';
import { SenderFailover, mayFailOver, type Refused } from '../lanes/sender-failover.js';
import { PausedSenders } from './paused-senders.js';
import { retryOf, type Retried, type Setback } from './retry.policy.js';

/** A claimed message and its result: a provider's outcome, or our own decision not to call. */
export interface Settlement {
  readonly message: ClaimedMessage;
  readonly outcome:
    | Outcome
    | { readonly kind: 'stopped'; readonly status: News['status']; readonly reason: MessageReason }
    /** The host's data, which it depends on, cannot be read now. */
    | { readonly kind: 'waits'; readonly reason: 'host' | 'host-record'; readonly code: string }
    /** A budget has no room for it, its sender was paused, or it is not the hour for it. */
    | { readonly kind: 'held'; readonly reason: Hindrance | 'quiet_hours'; readonly retryInMs: number }
    /** Marketing from its sender is paused. */
    | { readonly kind: 'sender-paused' };
}

/** Refusals that concern only this message. */
const FINAL: Readonly<Record<Exclude<RefusalClass, Retried>, MessageReason>> = {
  recipient: 'recipient_refused',
  'opted-out': 'opted_out_at_provider',
  content: 'content_refused',
  sender: 'sender_misconfigured',
  pair: 'recipient_refused',
};

@Injectable()
export class OutcomeRecorder {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
    private readonly failover: SenderFailover,
    private readonly commands: CommandBus,
    private readonly pauses: PausedSenders,
  ) {}

  /**
   * Records them all in one transaction: each message's new status or next attempt, sender failover, and the opt-outs and dead
   * addresses that a provider reported.
   */
  async record(settlements: readonly Settlement[]): Promise<void> {
    const refused = settlements.filter(mayFailOverOf);
    const paused = settlements.flatMap(({ message, outcome }) => (outcome.kind === 'sender-paused' ? [message] : []));
    if (refused.length + paused.length === 0) return this.write(settlements);
    await this.database.transaction(async () => {
      const movedOn = refused.length > 0 ? await this.failover.afterRefusal(refused) : NONE;
      const waits = paused.length > 0 ? await this.pauses.hold(paused) : NOBODY;
      const held = settlements.map((settlement) => heldOf(settlement, waits));
      await this.write(held.filter(({ message }) => !movedOn.has(message.id)));
    });
  }

  private async write(settlements: readonly Settlement[]): Promise<void> {
    const deferrals: Deferral[] = [];
    const news: News[] = [];
    for (const settlement of settlements) {
      const next = nextOf(settlement);
      if ('retryInMs' in next) deferrals.push(next);
      else news.push(next);
    }
    const optedOut = settlements.flatMap(optOutOf);
    const dead = settlements.flatMap(deadAddressOf);
    if (deferrals.length + optedOut.length + dead.length === 0) {
      await this.transitions.apply(news, 'dispatch');
      return;
    }
    await this.database.transaction(async () => {
      await this.transitions.apply(news, 'dispatch');
      await this.transitions.defer(deferrals);
      if (optedOut.length > 0) await this.commands.execute(new RecordProviderOptOuts(optedOut));
      if (dead.length > 0) await this.commands.execute(new RecordAddressReports(dead));
    });
  }
}

const NONE: ReadonlySet<string> = new Set();
const NOBODY: ReadonlyMap<string, number> = new Map();

/** What waits for its sender, with the time until it is tried again. */
function heldOf(settlement: Settlement, waits: ReadonlyMap<string, number>): Settlement {
  const retryInMs = waits.get(settlement.message.id);
  return retryInMs === undefined
    ? settlement
    : { message: settlement.message, outcome: { kind: 'held', reason: 'sender_paused', retryInMs } };
}

function mayFailOverOf(settlement: Settlement): settlement is Refused {
  const { message, outcome } = settlement;
  return outcome.kind === 'refused' && mayFailOver(message, outcome.reason);
}

/** A message's next step: a retry, or a new status. */
function nextOf({ message, outcome }: Settlement): Deferral | News {
  const { id: messageId } = message;
  switch (outcome.kind) {
    case 'stopped':
      return { messageId, status: outcome.status, reason: outcome.reason, uncalled: true };
    case 'accepted':
      return { messageId, status: 'sent', providerMessageId: outcome.providerMessageId };
    case 'unknown':
      return { messageId, status: 'unknown', reason: 'no_answer', code: outcome.code, errorMessage: outcome.message };
    case 'held': {
      const { reason, retryInMs } = outcome;
      return { messageId, attempt: message.attempts, isUntried: true, reason, retryInMs };
    }
    case 'sender-paused':
      throw new Error('A message whose sender is paused is held before it is written');
    case 'deferred':
    case 'waits':
      return laterOf(message, outcome);
    case 'refused': {
      const { reason, code, message: errorMessage } = outcome;
      if (reason === 'config' || reason === 'account' || reason === 'unlisted')
        return laterOf(message, { reason, code, message: errorMessage });
      return {
        messageId,
        status: reason === 'opted-out' ? 'blocked_opted_out' : 'failed',
        reason: FINAL[reason],
        code,
        errorMessage,
      };
    }
  }
}

function laterOf(message: ClaimedMessage, setback: Setback): Deferral | News {
  const { id: messageId, attempts: attempt } = message;
  const { code, message: errorMessage } = setback;
  const retry = retryOf(message, setback);
  if ('givenUp' in retry) return { messageId, ...retry.givenUp, code, errorMessage };
  return { messageId, attempt, code, errorMessage, reason: retry.again.reason, retryInMs: retry.again.inMs };
}

function deadAddressOf({ message, outcome }: Settlement): AddressReport[] {
  if (outcome.kind !== 'refused' || !outcome.suppress) return [];
  const { tenant_id: tenantId, venue_id: venueId, channel, sender_address: sender, recipient: address } = message;
  const { suppress: kind, code } = outcome;
  const accountId = message.provider_account_id;
  return [{ kind, messageId: message.id, tenantId, venueId, channel, address, sender, code, accountId, isDead: true }];
}

function optOutOf({ message, outcome }: Settlement): ProviderOptOut[] {
  if (outcome.kind !== 'refused' || outcome.reason !== 'opted-out') return [];
  const { tenant_id: tenantId, venue_id: venueId, channel, sender_address: sender, recipient: address } = message;
  return [{ tenantId, venueId, channel, sender, address, messageId: message.id, code: outcome.code }];
}
