/** Applies a STOP or START that somebody texted to one of our numbers. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import {
  ProviderAccounts,
  SenderDirectory,
  consentChannel,
  type Channel,
  type NumberHolder,
} from '../tenants/index.js';
import { ConsentLog } from './consent-log.js';
import { NumberOptOutLog } from './number-opt-outs/number-opt-out-log.js';

export interface KeywordMessage {
  readonly channel: Channel;
  /** Ours: the number that received it. */
  readonly number: string;
  /** Theirs, normalised. */
  readonly from: string;
  /** `yes` is a `start` from somebody who is opted out, and ignored from anybody else. */
  readonly keyword: 'stop' | 'start' | 'yes';
  readonly providerMessageId: string;
  /** The provider accounts that may have signed it: it counts for their numbers only. */
  readonly accountIds: readonly string[];
  /** The venue whose message they had last from this number: a STOP is for it too, if it had the number then. */
  readonly lastVenueId?: string;
  /** Now, if absent or in the future. */
  readonly occurredAt?: Date;
}

interface OptedOut {
  readonly venues: boolean;
  readonly number: boolean;
}

/**
 * The number determines the venue whose consent changes. A number of no venue, which only the platform sends from, is opted out
 * of by itself, for every tenant's messages; so is, additionally, a number to which somebody said STOP before a venue had it,
 * for the platform's account only. Does nothing for a message that was applied before, or that comes through an account that
 * does not own the number. The newest keyword counts, however late an older one arrives.
 */
export class ApplyKeyword extends Command<void> {
  constructor(readonly message: KeywordMessage) {
    super();
  }
}

@CommandHandler(ApplyKeyword)
export class ApplyKeywordHandler implements ICommandHandler<ApplyKeyword> {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
    private readonly accounts: ProviderAccounts,
    private readonly log: ConsentLog,
    private readonly numbers: NumberOptOutLog,
  ) {}

  async execute({ message }: ApplyKeyword): Promise<void> {
    const { accountIds } = message;
    const holders = await this.holdersOf(message);
    const ours = holders.filter(({ accountId }) => accountIds.includes(accountId));
    const isPlatform = await this.isPlatform(accountIds);
    if (ours.length === 0 && (holders.length > 0 || !isPlatform)) return;
    const out = await this.outOf(message, ours);
    const outOfNumber = out.number && isPlatform;
    if (message.keyword === 'yes' && !out.venues && !outOfNumber) return;
    await this.database.transaction(async () => {
      if (!(await this.isNew(message))) return;
      if (ours.length > 0) await this.changeVenues(message, ours);
      if (ours.length === 0 || outOfNumber) await this.changeNumber(message);
    });
  }

  /** Those that have the number; for a STOP also the one that had it when it last wrote to this person. */
  private async holdersOf({ channel, number, keyword, lastVenueId }: KeywordMessage): Promise<NumberHolder[]> {
    const holders = await this.directory.venuesOfNumber(channel, number);
    if (keyword !== 'stop' || lastVenueId === undefined) return holders;
    if (holders.some(({ venueId }) => venueId === lastVenueId)) return holders;
    const earlier = await this.directory.formerHolder(channel, number, lastVenueId);
    return earlier ? [...holders, earlier] : holders;
  }

  private async isPlatform(accountIds: readonly string[]): Promise<boolean> {
    const accounts = await Promise.all(accountIds.map((id) => this.accounts.load(id)));
    return accounts.some(({ tenantId }) => tenantId === null);
  }

  /** The person's opt-outs: from any of the venues that hold the number, and from the number itself. */
  private async outOf({ channel, number, from }: KeywordMessage, holders: readonly NumberHolder[]): Promise<OptedOut> {
    const [out = { venues: false, number: false }] = await this.database.query<OptedOut>(
      `select
         exists (select from consent where venue_id = any($1) and channel = $2 and address = $4 and status = 'opted_out') as venues,
         exists (select from number_opt_out where channel = $2 and number = $3 and address = $4 and status = 'opted_out') as number`,
      [holders.map(({ venueId }) => venueId), consentChannel(channel), number, from],
    );
    return out;
  }

  /** Waits for a transaction that is applying the same message. */
  private async isNew(message: KeywordMessage): Promise<boolean> {
    const { number, providerMessageId, channel, from, keyword, occurredAt } = message;
    const inserted = await this.database.query(
      `insert into keyword_message (number, provider_message_id, channel, address, keyword, occurred_at)
       values ($1, $2, $3, $4, $5, least(coalesce($6::timestamptz, statement_timestamp()), statement_timestamp()))
       on conflict do nothing returning number`,
      [number, providerMessageId, consentChannel(channel), from, keyword, occurredAt ?? null],
    );
    return inserted.length > 0;
  }

  private async changeVenues(message: KeywordMessage, holders: readonly NumberHolder[]): Promise<void> {
    const { channel, from: address } = message;
    const decision = decisionIn(message);
    const changes = holders.map(({ tenantId, venueId }) => ({ tenantId, venueId, channel, address, ...decision }));
    await this.log.record(changes);
  }

  private async changeNumber(message: KeywordMessage): Promise<void> {
    const { channel, number, from: address } = message;
    await this.numbers.record({ channel, number, address, ...decisionIn(message) });
  }
}

const decisionIn = ({ number, keyword, providerMessageId, occurredAt }: KeywordMessage) =>
  ({
    status: keyword === 'stop' ? 'opted_out' : 'opted_in',
    source: 'keyword',
    actor: 'recipient',
    evidence: { number, keyword, providerMessageId },
    occurredAt,
  }) as const;
