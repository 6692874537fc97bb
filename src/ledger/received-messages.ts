/** Records what people write to us, each once, as facts beside those of what is sent. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Channel } from '../tenants/index.js';
import { appendEvents } from './message.events.js';

export interface ReceivedMessage {
  /** Whose it is; absent for a number that is nobody's. */
  readonly owner?: { readonly tenantId: string; readonly venueId: string };
  /** The provider's account that it came by. */
  readonly accountId: string;
  readonly provider: string;
  readonly providerMessageId: string;
  readonly channel: Channel;
  /** Theirs, normalised. */
  readonly person: string;
  /** Ours: the number, or its pool. */
  readonly number: string;
  /** 1 on other channels than SMS. */
  readonly segments: number;
}

/** A relation for other modules' statements. */
export const RECEIVED_MESSAGES = `(
  select id, tenant_id, venue_id, provider_account_id, provider_message_id, channel, person, number, segments from received_message)`;

/** What is nobody's is no fact of a tenant. */
const RECORD = `
  with received as (
    insert into received_message (tenant_id, venue_id, provider_account_id, provider, provider_message_id, channel, person, number, segments)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict on constraint received_message_unique do nothing
    returning id, tenant_id, channel, 'transactional' as category, provider, segments
  ), event as (
    ${appendEvents({ from: 'received where tenant_id is not null', kind: 'received', source: `'webhook'` })}
  )
  select id from received`;

@Injectable()
export class ReceivedMessages {
  constructor(private readonly database: Database) {}

  /** Which of these, by the provider's ids, came by an account. */
  async known(accountId: string, providerMessageIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ id: string }>(
      `select provider_message_id as id from received_message where provider_account_id = $1 and provider_message_id = any($2)`,
      [accountId, providerMessageIds],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Answers its id; undefined for one that is known already, which changes nothing. */
  async record(message: ReceivedMessage): Promise<string | undefined> {
    const { owner, accountId, provider, providerMessageId, channel, person, number, segments } = message;
    const [recorded] = await this.database.query<{ id: string }>(RECORD, [
      owner?.tenantId ?? null,
      owner?.venueId ?? null,
      accountId,
      provider,
      providerMessageId,
      channel,
      person,
      number,
      segments,
    ]);
    return recorded?.id;
  }
}
