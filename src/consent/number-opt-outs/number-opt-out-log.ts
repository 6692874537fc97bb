/** The log of decisions about our numbers that belong to no venue, and the current state, written together. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { consentChannel, type Channel } from '../../tenants/index.js';
import type { Decision } from '../consent.entity.js';
import { newest } from '../newest-decision.sql.js';

export interface NumberDecision {
  readonly channel: Channel;
  /** Ours. */
  readonly number: string;
  /** Theirs, normalised. */
  readonly address: string;
  readonly status: Decision;
  readonly source: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  /** The source: `admin`, `recipient` or `provider`. */
  readonly actor: string;
  /** When the person decided; now, if absent or in the future. */
  readonly occurredAt?: Date | undefined;
}

export interface NumberState {
  readonly status: Decision;
  readonly occurredAt: string;
}

const RECORD = `
  with decision as (
    select $1::text as channel, $2::text as number, $3::text as address, $4::text as status,
      least(coalesce($8::timestamptz, statement_timestamp()), statement_timestamp()) as occurred_at
  ), state as (
    insert into number_opt_out as held (channel, number, address, status, occurred_at)
    select channel, number, address, status, occurred_at from decision
    on conflict (channel, number, address) do update set ${newest('status', 'occurred_at')}
    returning coalesce(old.status, 'unknown') as previous, new.status as current, new.occurred_at as current_since
  ), log as (
    insert into number_opt_out_event
      (channel, number, address, status, previous_status, source, evidence, actor, occurred_at)
    select channel, number, address, status, previous, $5, $6::jsonb, $7, occurred_at from decision, state
  )
  select current as "status", current_since as "occurredAt" from state`;

@Injectable()
export class NumberOptOutLog {
  constructor(private readonly database: Database) {}

  /**
   * Returns the resulting state, by the same rule as consent: the newest decision, and at the same instant an opt-out. Every
   * decision enters the log, even one that changes nothing.
   */
  async record(decision: NumberDecision): Promise<NumberState> {
    const { channel, number, address, status, source, evidence, actor, occurredAt } = decision;
    const [state] = await this.database.query<NumberState>(RECORD, [
      consentChannel(channel),
      number,
      address,
      status,
      source,
      JSON.stringify(evidence),
      actor,
      occurredAt ?? null,
    ]);
    if (!state) throw new Error('A decision must leave a state');
    return state;
  }

  /** Records what a provider reports about a message once: a repeat would undo what the person decided since. */
  async recordReported(
    decision: NumberDecision & { readonly evidence: { readonly messageId: string } },
  ): Promise<void> {
    const { channel, number, address, source, evidence } = decision;
    const known = await this.database.query(
      `select from number_opt_out_event
       where number = $1 and address = $2 and channel = $3 and source = $4 and evidence ->> 'messageId' = $5`,
      [number, address, consentChannel(channel), source, evidence.messageId],
    );
    if (known.length === 0) await this.record(decision);
  }
}
