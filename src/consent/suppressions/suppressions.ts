/** Writes the list of suppressed addresses. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { consentChannel, type Channel } from '../../tenants/index.js';
import type { SuppressionReason } from '../consent.rules.js';

export interface Suppression {
  readonly tenantId: string;
  readonly channel: Channel;
  /** Normalised. */
  readonly address: string;
  readonly reason: SuppressionReason;
  readonly evidence?: Readonly<Record<string, unknown>>;
  /** Who said so: `admin`, `key:<id>` or `provider`. */
  readonly actor: string;
}

@Injectable()
export class Suppressions {
  constructor(private readonly database: Database) {}

  /** An address that is on the list, also by an earlier entry, keeps its first reason. Answers how many are new on it. */
  async add(entries: readonly Suppression[]): Promise<number> {
    const column = (value: (entry: Suppression) => unknown): unknown[] => entries.map(value);
    const added = await this.database.query(
      `insert into suppression (tenant_id, channel, address, reason, evidence, actor)
       select tenant_id, channel, address, reason, evidence, actor
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[])
         with ordinality as entry (tenant_id, channel, address, reason, evidence, actor, position)
       order by tenant_id, channel, address, position
       on conflict do nothing
       returning channel`,
      [
        column(({ tenantId }) => tenantId),
        column(({ channel }) => consentChannel(channel)),
        column(({ address }) => address),
        column(({ reason }) => reason),
        column(({ evidence }) => (evidence ? JSON.stringify(evidence) : null)),
        column(({ actor }) => actor),
      ],
    );
    return added.length;
  }
}
