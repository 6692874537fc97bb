/** Credits: each a note with its reason, and an amount beside those of messages. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { BILLED_TENANTS, TimeZones } from '../../tenants/index.js';
import { AmountStore } from '../amounts/amount-store.js';
import { UsageScopes } from '../usage/usage-scopes.js';

export interface CreditRow {
  readonly id: string;
  /** Such as `2026-11`. */
  readonly month: string;
  readonly micros: string;
  readonly currency: string;
  readonly reason: string;
  readonly created_by: string;
  /** PostgreSQL text. */
  readonly created_at: string;
}

export interface NewCredit {
  readonly tenantId: string;
  /** Above zero. */
  readonly micros: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly createdBy: string;
}

const COLUMNS = `id, to_char(period, 'YYYY-MM') as month, micros::text, currency, reason, created_by, created_at`;

@Injectable()
export class CreditNotes {
  constructor(
    private readonly database: Database,
    private readonly timeZones: TimeZones,
    private readonly scopes: UsageScopes,
    private readonly store: AmountStore,
  ) {}

  /** Writes a credit of today, where the tenant is, for the first month that is open. Hold the lock of amounts. */
  async write({ tenantId, micros, currency, reason, createdBy }: NewCredit): Promise<CreditRow> {
    const day = await this.today(tenantId);
    const period = (await this.store.periods([tenantId]))(tenantId, day);
    const [scopeId] = await this.scopes.idsOf([{ ...SCOPE, tenant_id: tenantId }]);
    if (scopeId === undefined) throw new Error('a scope that was made is found');
    await this.store.write([
      {
        ...AMOUNT,
        tenant_id: tenantId,
        scope_id: scopeId,
        basis: { ...BASIS, charge_currency: currency },
        day,
        period,
        charge_micros: String(-micros),
      },
    ]);
    const [row] = await this.database.query<CreditRow>(
      `insert into credit_note (tenant_id, day, period, micros, currency, reason, created_by)
       values ($1, $2, $3, $4, $5, $6, $7) returning ${COLUMNS}`,
      [tenantId, day, period, String(micros), currency, reason, createdBy],
    );
    if (!row) throw new Error('The credit was not written');
    return row;
  }

  /** A tenant's credits, newest first, below an id. */
  page(tenantId: string, below: string | undefined, limit: number): Promise<CreditRow[]> {
    return this.database.query<CreditRow>(
      `select ${COLUMNS} from credit_note where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [tenantId, below ?? null, limit],
    );
  }

  private async today(tenantId: string): Promise<string> {
    const [tenant] = await this.database.query<{ timezone: string }>(
      `select timezone from ${BILLED_TENANTS} as tenant where id = $1`,
      [tenantId],
    );
    const [today] = await this.database.query<{ day: string }>(
      `select (clock_timestamp() at time zone $1)::date::text as day`,
      [this.timeZones.inDatabase(tenant?.timezone ?? 'UTC')],
    );
    if (!today) throw new Error('it is some day everywhere');
    return today.day;
  }
}

/** It is of no message, number or provider. */
const SCOPE = {
  venue_id: null,
  channel: 'credit',
  category: 'transactional',
  type: 'TRANSACTIONAL',
  campaign_id: null,
  template_id: null,
  provider: 'none',
  country: null,
  direction: 'outbound',
} as const;
const BASIS = {
  cost_version_id: null,
  cost_lines: [],
  cost_unit: null,
  cost_currency: null,
  cost_unknown: null,
  charge_version_id: null,
  charge_lines: [],
  charge_unit: null,
  charge_unknown: null,
  plan: null,
} as const;
const AMOUNT = {
  kind: 'credit',
  first_unit: 0,
  units: 0,
  included: 0,
  cost_micros: '0',
  without_cost: 0,
  without_charge: 0,
  message_ids: null,
} as const;
