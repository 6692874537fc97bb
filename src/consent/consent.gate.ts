/** The one gate between a message and the provider. */
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import {
  allowedOf,
  type AllowedCountries,
  type Category,
  type Channel,
  consentChannel,
  consentChannelSql,
  isAllowed,
  type QuietHours,
  SENDERS,
  TENANTS,
  TENANTS_CONFIG,
  type TenantsConfig,
} from '../tenants/index.js';
import { IS_PROVEN } from './dead-addresses/dead-addresses.js';
import { KEPT_FACTS } from './erased/kept-decisions.js';
import { PersonDigests } from './erased/person-digests.js';
import { blockedRanges, rangeIsBlocked } from './pumping-alarms/pumping-alarms.js';
import { leftMarketing } from './marketing-opt-outs.sql.js';
import { exempted, isExemptible, judge, type GateFacts, type GateVerdict } from './consent.rules.js';
import { QuietTimes } from './quiet-hours/quiet-times.js';
import { ExemptMessages } from './exempt-messages.js';

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
  /** It is one of a campaign's messages, or follows one: its recipients come from an audience, and not from a form. */
  readonly isOfCampaign?: boolean;
  /** The time zone that the message's data name for the recipient, unchecked. */
  readonly zone?: string | null;
}

/** As the statement answers them. */
interface FoundFacts extends Omit<GateFacts, 'category' | 'isTest' | 'countryAllowed' | 'quietUntil'> {
  /** The tenant's own list. */
  readonly ownCountries: AllowedCountries;
  /** The tenant's. */
  readonly timezone: string | null;
  readonly quietHours: QuietHours | null;
}

/** When the person opted in, if that is the state: the newest decision counts. */
const OPTED_IN_AT = `case when consent.status = 'opted_in' then consent.occurred_at else '-infinity' end`;

/** One row per candidate, in the order given; every lookup is by primary key, or by venue among its few senders. */
export const GATE_FACTS = `
  with ${blockedRanges('$1::uuid[]')}
  select
    coalesce(candidate.expires_at <= statement_timestamp(), false) as "expired",
    coalesce(case candidate.channel
      when 'email' then tenant.email_enabled
      when 'sms' then tenant.sms_enabled
      when 'whatsapp' then tenant.whatsapp_enabled
      when 'voice' then tenant.voice_enabled
    end, false) as "channelEnabled",
    coalesce(candidate.channel = any (tenant.require_opt_in), false) as "optInRequired",
    tenant.allowed_countries as "ownCountries",
    tenant.timezone,
    tenant.quiet_hours as "quietHours",
    coalesce(not sender.speaks, false) as "senderSilenced",
    case when kept.opted_out_at >= ${OPTED_IN_AT} then 'opted_out' else nullif(consent.status, 'unknown') end as "consent",
    coalesce(${leftMarketing('consent')}, false) or coalesce(kept.left_marketing_at >= ${OPTED_IN_AT}, false) as "leftMarketing",
    coalesce(number_opt_out.status = 'opted_out', kept.number_opted_out, false) as "numberOptedOut",
    case when kept.erased then 'erased' else suppression.reason end as "suppression",
    dead.address is not null as "isDead",
    pause.id is not null as "senderPaused",
    ${rangeIsBlocked('candidate.tenant_id', 'candidate.channel', 'candidate.recipient')} as "rangeBlocked"
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bytea[])
    with ordinality as candidate (tenant_id, venue_id, channel, recipient, sender, expires_at, digest, position)
  left join ${TENANTS} as tenant on tenant.id = candidate.tenant_id
  left join consent
    on (consent.venue_id, consent.channel, consent.address) = (candidate.venue_id, candidate.channel, candidate.recipient)
  left join suppression
    on (suppression.tenant_id, suppression.channel, suppression.address) = (candidate.tenant_id, candidate.channel, candidate.recipient)
      and (suppression.expires_at is null or suppression.expires_at > statement_timestamp())
  left join dead_address as dead
    on (dead.channel, dead.address) = (candidate.channel, candidate.recipient) and ${IS_PROVEN('dead')}
  left join sender_pause as pause
    on (pause.tenant_id, pause.channel, pause.address) = (candidate.tenant_id, candidate.channel, candidate.sender)
      and pause.resumed_at is null
  left join number_opt_out
    on (number_opt_out.channel, number_opt_out.number, number_opt_out.address) = (candidate.channel, candidate.sender, candidate.recipient)
  left join lateral ${KEPT_FACTS} as kept on true
  left join lateral (
    select bool_or(status = 'active') as speaks from ${SENDERS} as sender
    where sender.venue_id = candidate.venue_id and sender.address = candidate.sender
      and ${consentChannelSql('sender.channel')} = candidate.channel) as sender on true
  order by candidate.position`;

@Injectable()
export class ConsentGate {
  constructor(
    private readonly database: Database,
    private readonly exempt: ExemptMessages,
    private readonly digests: PersonDigests,
    @Inject(TENANTS_CONFIG) private readonly platform: TenantsConfig,
  ) {}

  /**
   * One verdict per candidate, in the order given. Call it for a claimed batch (up to 1,000) right before the provider call:
   * nothing is cached, so whatever was committed before counts, even inside an open READ COMMITTED transaction.
   */
  async check(candidates: readonly GateCandidate[]): Promise<GateVerdict[]> {
    const column = (value: (candidate: GateCandidate) => unknown): unknown[] => candidates.map(value);
    const rows = await this.database.prepared<FoundFacts>(GATE_FACTS, [
      column(({ tenantId }) => tenantId),
      column(({ venueId }) => venueId),
      column(({ channel }) => consentChannel(channel)),
      column(({ recipient }) => recipient),
      column(({ senderAddress }) => senderAddress),
      column(({ expiresAt }) => expiresAt),
      column(({ recipient }) => this.digests.of(recipient)),
    ]);
    const quiet = new QuietTimes(new Date());
    const facts = candidates.map((candidate, index): GateFacts => {
      const row = rows[index];
      if (!row) throw new Error('The gate must answer for every candidate');
      const { ownCountries, timezone, quietHours, ...known } = row;
      const { category, isTest, isOfCampaign = false, channel, recipient } = candidate;
      const allowed = allowedOf(this.platform.allowedCountries, ownCountries);
      const countryAllowed = isAllowed(allowed, channel, recipient);
      const isKept = category === 'marketing' && quietHours !== null;
      const quietUntil = isKept ? quiet.until(candidate, quietHours, timezone ?? 'UTC') : null;
      const rangeBlocked = known.rangeBlocked && category === 'transactional' && !isOfCampaign;
      return { ...known, category, isTest, countryAllowed, quietUntil, rangeBlocked };
    });
    return this.withExemptions(candidates, facts);
  }

  /** Exemptions are rare: they are looked up for what would be stopped without, and never for marketing. */
  private async withExemptions(
    candidates: readonly GateCandidate[],
    facts: readonly GateFacts[],
  ): Promise<GateVerdict[]> {
    const verdicts = facts.map(judge);
    const ids = candidates.flatMap(({ messageId, category }, index) => {
      const verdict = verdicts[index];
      return verdict && isExemptible(category, verdict) ? [messageId] : [];
    });
    if (ids.length === 0) return verdicts;
    const exempt = await this.exempt.among(ids);
    return facts.map((known, index) => judge(exempted(known, exempt.get(candidates[index]?.messageId ?? ''))));
  }
}
