/** Decisions of people whose data was erased: in force by the hash of an address that is no longer there. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { consentChannel, type Channel } from '../../tenants/index.js';
import { leftMarketing } from '../marketing-opt-outs.sql.js';
import { PersonDigests } from './person-digests.js';

/** Whose data is erased. */
export interface ErasedPerson {
  readonly tenantId: string;
  /** As `consentChannel` names them: all that reach the address. */
  readonly channels: readonly Channel[];
  /** Normalised. */
  readonly address: string;
}

/** Rows of the current state that were taken away. */
export interface TakenDecisions {
  readonly consent: number;
  readonly suppression: number;
  readonly numberOptOut: number;
}

/**
 * SQL for `left join lateral`: what is kept for a candidate with the columns digest, channel, tenant_id, venue_id and sender. An opt-out from
 * a number that no venue has holds for whoever sends from it.
 */
export const KEPT_FACTS = `(
  select bool_or(decision = 'erased' and tenant_id = candidate.tenant_id) as erased,
    max(decided_at) filter (where decision = 'opted_out' and venue_id = candidate.venue_id) as opted_out_at,
    max(decided_at) filter (where decision = 'left_marketing' and venue_id = candidate.venue_id) as left_marketing_at,
    bool_or(decision = 'number_opted_out' and number = candidate.sender) as number_opted_out
  from kept_decision where (digest, channel) = (candidate.digest, candidate.channel))`;

/** A row of a CTE `gone` becomes a decision that is kept; of two the latest counts. */
const KEEP = `on conflict on constraint kept_decision_unique
  do update set decided_at = greatest(kept_decision.decided_at, excluded.decided_at)`;

@Injectable()
export class KeptDecisions {
  constructor(
    private readonly database: Database,
    private readonly digests: PersonDigests,
  ) {}

  /** The tenant writes to this person no more, on no channel of the address, until that is lifted. */
  async refuse({ tenantId, channels, address }: ErasedPerson): Promise<void> {
    await this.database.query(
      `insert into kept_decision (digest, channel, tenant_id, decision, decided_at)
       select $1, channel, $3, 'erased', now() from unnest($2::text[]) as channel ${KEEP}`,
      [this.digests.of(address), channels, tenantId],
    );
  }

  /** Whether it was in force. */
  async lift(tenantId: string, channel: Channel, address: string): Promise<boolean> {
    const lifted = await this.database.query(
      `delete from kept_decision where (digest, channel, tenant_id, decision) = ($1::bytea, $2::text, $3::uuid, 'erased') returning 1`,
      [this.digests.of(address), consentChannel(channel), tenantId],
    );
    return lifted.length > 0;
  }

  /**
   * Takes the person's consent, suppressions and opt-outs from numbers away; opt-outs stay in force. Each table's rows are taken and kept by
   * one statement, so that no decision of the person is lost between the two.
   */
  takeOver(person: ErasedPerson): Promise<TakenDecisions> {
    const { tenantId, channels, address } = person;
    const values = [this.digests.of(address), channels, tenantId, address];
    return this.database.transaction(async () => {
      await this.refuse(person);
      const [consent] = await this.database.query<{ rows: number }>(TAKE_CONSENT, values);
      const [number] = await this.database.query<{ rows: number }>(TAKE_NUMBER_OPT_OUTS, values);
      const suppressed = await this.database.query(
        `delete from suppression where tenant_id = $1 and channel = any($2::text[]) and address = $3 returning 1`,
        [tenantId, channels, address],
      );
      return {
        consent: consent?.rows ?? 0,
        numberOptOut: number?.rows ?? 0,
        suppression: suppressed.length,
      };
    });
  }
}

const TAKE_CONSENT = `
  with gone as (
    delete from consent where tenant_id = $3 and channel = any($2::text[]) and address = $4 returning *
  ), decision as (
    select channel, venue_id, 'opted_out' as decision, occurred_at as decided_at from gone where status = 'opted_out'
    union all
    select channel, venue_id, 'left_marketing', marketing_out_at from gone where ${leftMarketing('gone')}
  ), kept as (
    insert into kept_decision (digest, channel, tenant_id, decision, venue_id, decided_at)
    select $1, channel, $3, decision, venue_id, decided_at from decision ${KEEP}
  )
  select count(*)::int as rows from gone`;

const TAKE_NUMBER_OPT_OUTS = `
  with gone as (
    delete from number_opt_out where channel = any($2::text[]) and address = $4 returning *
  ), kept as (
    insert into kept_decision (digest, channel, tenant_id, decision, number, decided_at)
    select $1, channel, $3, 'number_opted_out', number, occurred_at from gone where status = 'opted_out' ${KEEP}
  )
  select count(*)::int as rows from gone`;
