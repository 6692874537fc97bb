/** Does what somebody asked for by texting STOP or START to one of our numbers. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import {
  ProviderAccounts,
  SenderDirectory,
  consentChannel,
  type Channel,
  type NumberHolder,
} from '../tenants/index.js';
import type { Decision } from './consent.entity.js';
import { RecordConsent } from './record-consent.command.js';

export interface KeywordMessage {
  readonly channel: Channel;
  /** Ours: the number that received it. */
  readonly number: string;
  /** Theirs, normalised. */
  readonly from: string;
  /** `yes` is a `start` from somebody who is out, and nothing from anybody else. */
  readonly keyword: 'stop' | 'start' | 'yes';
  readonly providerMessageId: string;
  /** The provider accounts that can have signed it: it speaks for their numbers only. */
  readonly accountIds: readonly string[];
  /** Now, where absent or in the future. */
  readonly occurredAt?: Date;
}

/**
 * The number names the venue, whose consent it changes. For a number that belongs to no venue, which only the platform sends
 * from, it holds for that number alone, whichever tenant's message comes from it. Does nothing for a message that was applied
 * before, or that comes through an account which the number does not belong to. The newest keyword counts, however late an
 * older one arrives.
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
    private readonly commands: CommandBus,
  ) {}

  async execute({ message }: ApplyKeyword): Promise<void> {
    const { channel, number, accountIds } = message;
    const holders = await this.directory.venuesOfNumber(channel, number);
    const ours = holders.filter(({ accountId }) => accountIds.includes(accountId));
    if (ours.length === 0 && (holders.length > 0 || !(await this.isPlatform(accountIds)))) return;
    if (message.keyword === 'yes' && !(await this.isOut(message, ours))) return;
    await this.database.transaction(async () => {
      if (!(await this.isNew(message))) return;
      if (ours.length > 0) await this.changeVenues(message, ours);
      else await this.changeNumber(message);
    });
  }

  private async isPlatform(accountIds: readonly string[]): Promise<boolean> {
    const accounts = await Promise.all(accountIds.map((id) => this.accounts.load(id)));
    return accounts.some(({ tenantId }) => tenantId === null);
  }

  /** Whether the person is opted out where this message would count. */
  private async isOut({ channel, number, from }: KeywordMessage, holders: readonly NumberHolder[]): Promise<boolean> {
    const out = await this.database.query(
      `select from consent where venue_id = any($1) and channel = $2 and address = $4 and status = 'opted_out'
       union all
       select from number_opt_out where channel = $2 and number = $3 and address = $4 and status = 'opted_out'`,
      [holders.map(({ venueId }) => venueId), consentChannel(channel), number, from],
    );
    return out.length > 0;
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
    const { channel, number, from, keyword, providerMessageId, occurredAt } = message;
    const evidence = { number, keyword, providerMessageId };
    const decision = { status: decisionOf(keyword), source: 'keyword', actor: 'recipient', evidence, occurredAt };
    const changes = holders.map(({ tenantId, venueId }) => ({
      tenantId,
      venueId,
      channel,
      address: from,
      ...decision,
    }));
    await this.commands.execute(new RecordConsent(changes));
  }

  private async changeNumber({ number, keyword, providerMessageId }: KeywordMessage): Promise<void> {
    await this.database.query(
      `insert into number_opt_out as held (channel, number, address, status, occurred_at)
       select channel, number, address, $3, occurred_at from keyword_message where number = $1 and provider_message_id = $2
       on conflict (channel, number, address) do update set status = excluded.status, occurred_at = excluded.occurred_at
         where (excluded.occurred_at, excluded.status) > (held.occurred_at, held.status)`,
      [number, providerMessageId, decisionOf(keyword)],
    );
  }
}

const decisionOf = (keyword: KeywordMessage['keyword']): Decision => (keyword === 'stop' ? 'opted_out' : 'opted_in');
