/** What usage and amounts are summed up by: each combination once, under a small number. */
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';

export const MESSAGE_TYPES = ['TRANSACTIONAL', 'BULK'] as const;
/** `BULK` are a campaign's. */
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Named as the columns of `usage_scope`. */
export interface Scope {
  readonly tenant_id: string;
  /** Null for a message that is no longer in the ledger. */
  readonly venue_id: string | null;
  readonly channel: string;
  readonly category: string;
  readonly type: MessageType;
  readonly campaign_id: string | null;
  readonly template_id: string | null;
  readonly provider: string;
  /** Of the person's number; null for email. */
  readonly country: string | null;
}

@Injectable()
export class UsageScopes {
  constructor(private readonly database: Database) {}

  /** The number of each, in order; those that are new are made. */
  async idsOf(scopes: readonly Scope[]): Promise<number[]> {
    const byKey = new Map(scopes.map((scope) => [keyOf(scope), scope]));
    const rows = await this.database.query<{ id: number; key: string }>(
      `with wanted as materialized (
         select * from jsonb_to_recordset($1::jsonb) as scope (key uuid, tenant_id uuid, venue_id uuid, channel text, category text, type text,
           campaign_id uuid, template_id uuid, provider text, country text)
       ), made as (
         insert into usage_scope (key, tenant_id, venue_id, channel, category, type, campaign_id, template_id, provider, country)
         select * from wanted where not exists (select from usage_scope where usage_scope.key = wanted.key)
         on conflict (key) do nothing returning id, key)
       select id, key from made union all select id, key from usage_scope where key in (select key from wanted)`,
      [JSON.stringify([...byKey].map(([key, scope]) => ({ ...columnsOf(scope), key })))],
    );
    const ids = new Map(rows.map(({ id, key }) => [key, id]));
    return scopes.map((scope) => ids.get(keyOf(scope)) ?? missing());
  }
}

const columnsOf = (scope: Scope): Scope => ({
  tenant_id: scope.tenant_id,
  venue_id: scope.venue_id,
  channel: scope.channel,
  category: scope.category,
  type: scope.type,
  campaign_id: scope.campaign_id,
  template_id: scope.template_id,
  provider: scope.provider,
  country: scope.country,
});

const keyOf = (scope: Scope): string => keyOfValues(Object.values(columnsOf(scope)));

function missing(): never {
  throw new Error('a scope that was made is found');
}

/** A key of fixed length for a combination of values, as a UUID. */
export function keyOfValues(values: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(values)).digest('hex');
  return [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)].join('-');
}
