/** Numbers as stored, and orders of them. */
import type { NumberChannel, NumberType } from '../providers/index.js';
import type { ProviderName } from '../tenants/index.js';
import type { NumberFaultWord, NumberStatus } from './number.rules.js';

/** What sort of number is looked for. */
export interface Wanted {
  readonly country: string;
  readonly type: NumberType;
  readonly areaCode?: string | undefined;
  readonly contains?: string | undefined;
}

export interface NewNumber {
  readonly tenantId: string;
  readonly venueId: string;
  readonly accountId: string;
  readonly provider: ProviderName;
  readonly channels: readonly NumberChannel[];
  /** Null: `address` is named. */
  readonly search: Wanted | null;
  readonly address: string | null;
  readonly pool: string | null;
  /** Otherwise the account has it already. */
  readonly bought: boolean;
  readonly orderedBy: string;
}

/** Times are PostgreSQL text. */
export interface NumberRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly venue_id: string;
  readonly provider_account_id: string;
  readonly provider: ProviderName;
  readonly channels: readonly NumberChannel[];
  readonly search: Wanted | null;
  readonly pool: string | null;
  readonly bought: boolean;
  readonly address: string | null;
  readonly provider_id: string | null;
  /** The provider was asked for it, which the account did not have before, and may have rented it to us. */
  readonly asked: boolean;
  /** Numbers that turned out to be taken. */
  readonly tried: readonly string[];
  readonly status: NumberStatus;
  readonly fault: NumberFaultWord | null;
  readonly fault_code: string | null;
  /** Steps that failed since the last that succeeded. */
  readonly attempts: number;
  readonly created_at: string;
  readonly assigned_at: string | null;
  readonly released_at: string | null;
  readonly quarantine_until: string | null;
  readonly returned_at: string | null;
  readonly checked_at: string | null;
  readonly problem: 'missing' | null;
}

/** A number that one process works on. */
export interface LeasedNumber extends NumberRow {
  readonly lease: string;
}

export interface NumberFilter {
  readonly venueId?: string | undefined;
  readonly status?: NumberStatus | undefined;
  readonly address?: string | undefined;
  readonly before?: string | undefined;
}

/** SQL: the columns of NumberRow. */
export const COLUMNS = `id, tenant_id, venue_id, provider_account_id, provider, channels, search, pool, bought, address, provider_id, asked, tried,
  status, fault, fault_code, attempts, created_at, assigned_at, released_at, quarantine_until, returned_at, checked_at, problem`;

/** SQL: the statuses of numbers that the account has, or may have. */
export const HELD = `'ordered', 'active', 'quarantined', 'returning'`;

/** A relation for other modules' statements: whose a number was, from when until when. The time is null while it still is. */
export const TENANCIES = `(
  select id, tenant_id, venue_id, provider_account_id, provider, address, assigned_at, released_at
  from phone_number where assigned_at is not null and address is not null)`;
