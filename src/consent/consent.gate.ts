/** The one gate between a message and the provider. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { type Category, type Channel, consentChannel, consentChannelSql, SENDERS, TENANTS } from '../tenants/index.js';
import { judge, type GateFacts, type GateVerdict } from './consent.rules.js';

export interface GateCandidate {
  readonly messageId: string;
  readonly tenantId: string;
  readonly venueId: string;
  readonly channel: Channel;
  readonly category: Category;
  /** Normalised. */
  readonly recipient: string;
  readonly senderAddress: string;
  readonly expiresAt: Date | null;
  readonly isTest: boolean;
}

/** One row per candidate, in the order given; every lookup is by primary key, or by venue among its few senders. */
export const GATE_FACTS = `
  select
    coalesce(candidate.expires_at <= statement_timestamp(), false) as "expired",
    coalesce(case candidate.channel
      when 'email' then tenant.email_enabled
      when 'sms' then tenant.sms_enabled
      when 'whatsapp' then tenant.whatsapp_enabled
      when 'voice' then tenant.voice_enabled
    end, false) as "channelEnabled",
    coalesce(candidate.channel = any (tenant.require_opt_in), false) as "optInRequired",
    coalesce(not sender.speaks, false) as "senderSilenced",
    consent.status as "consent",
    coalesce(number_opt_out.status = 'opted_out', false) as "numberOptedOut",
    suppression.reason as "suppression"
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
    with ordinality as candidate (tenant_id, venue_id, channel, recipient, sender, expires_at, position)
  left join ${TENANTS} as tenant on tenant.id = candidate.tenant_id
  left join consent
    on (consent.venue_id, consent.channel, consent.address) = (candidate.venue_id, candidate.channel, candidate.recipient)
  left join suppression
    on (suppression.tenant_id, suppression.channel, suppression.address) = (candidate.tenant_id, candidate.channel, candidate.recipient)
  left join number_opt_out
    on (number_opt_out.channel, number_opt_out.number, number_opt_out.address) = (candidate.channel, candidate.sender, candidate.recipient)
  left join lateral (
    select bool_or(status = 'active') as speaks from ${SENDERS} as sender
    where sender.venue_id = candidate.venue_id and sender.address = candidate.sender
      and ${consentChannelSql('sender.channel')} = candidate.channel) as sender on true
  order by candidate.position`;

@Injectable()
export class ConsentGate {
  constructor(private readonly database: Database) {}

  /**
   * One verdict per candidate, in the order given. Call it for a claimed batch (up to 1,000) right before the provider call:
   * nothing is cached, so whatever was committed before counts, even inside an open READ COMMITTED transaction.
   */
  async check(candidates: readonly GateCandidate[]): Promise<GateVerdict[]> {
    const column = (value: (candidate: GateCandidate) => unknown): unknown[] => candidates.map(value);
    const rows = await this.database.prepared<Omit<GateFacts, 'category' | 'isTest'>>(GATE_FACTS, [
      column(({ tenantId }) => tenantId),
      column(({ venueId }) => venueId),
      column(({ channel }) => consentChannel(channel)),
      column(({ recipient }) => recipient),
      column(({ senderAddress }) => senderAddress),
      column(({ expiresAt }) => expiresAt),
    ]);
    return candidates.map(({ category, isTest }, index) => {
      const facts = rows[index];
      if (!facts) throw new Error('The gate must answer for every candidate');
      return judge({ ...facts, category, isTest });
    });
  }
}
