/** What providers report of addresses: each report of a message once, however often it is told. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { consentChannel, type Channel } from '../../tenants/index.js';
import { SOFT_BOUNCES_COUNT_FOR_DAYS } from './soft-bounces.rules.js';

/** What a provider says of an address that a message went to. */
export interface AddressReport {
  readonly kind: 'soft_bounce' | 'hard_bounce' | 'complaint' | 'invalid_address';
  readonly messageId: string;
  readonly tenantId: string;
  readonly venueId: string;
  readonly channel: Channel;
  /** Normalised: the message's own, as a provider may name a variant of it that we never wrote to. */
  readonly address: string;
  /** Ours, that the message came from. */
  readonly sender: string;
  /** Nobody can be reached there, whoever writes: there is no such mailbox, or the number takes nothing from anybody. */
  readonly isDead?: boolean | undefined;
  /** The provider account that the message went through. */
  readonly accountId?: string | undefined;
  /** The provider's own code. */
  readonly code?: string | undefined;
  /** The key of the provider's event, if it came as one. */
  readonly event?: string | undefined;
  /** When the message was sent; absent if it never was, or for what was not asked. */
  readonly sentAt?: Date | undefined;
  /** When it happened, as far as the provider says. */
  readonly occurredAt?: Date | undefined;
}

/** An address of a tenant. */
export interface AddressKey {
  readonly tenantId: string;
  readonly channel: Channel;
  readonly address: string;
}

/** Its soft bounces, in milliseconds since 1970. */
export interface SoftBounces extends AddressKey {
  readonly times: readonly number[];
}

/** A relation of those of messages that were sent, for other modules' statements. */
export const ADDRESS_REPORTS = `(
  select tenant_id, channel, sender, sent_at, kind from address_report where kind in ('hard_bounce', 'complaint') and sent_at is not null)`;

@Injectable()
export class AddressReports {
  constructor(private readonly database: Database) {}

  /** Records them, and answers those that were not recorded before. */
  async add(reports: readonly AddressReport[]): Promise<AddressReport[]> {
    if (reports.length === 0) return [];
    const column = (value: (report: AddressReport) => unknown): unknown[] => reports.map(value);
    const added = await this.database.query<Pick<AddressReport, 'messageId' | 'kind'>>(
      `insert into address_report (message_id, kind, tenant_id, channel, address, sender, code, event, sent_at, occurred_at)
       select message_id, kind, tenant_id, channel, address, sender, code, event, sent_at, least(coalesce(occurred_at, now()), now())
       from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[])
         with ordinality as report (message_id, kind, tenant_id, channel, address, sender, code, event, sent_at, occurred_at, position)
       order by message_id, kind, position
       on conflict do nothing
       returning message_id as "messageId", kind`,
      [
        column(({ messageId }) => messageId),
        column(({ kind }) => kind),
        column(({ tenantId }) => tenantId),
        column(({ channel }) => consentChannel(channel)),
        column(({ address }) => address),
        column(({ sender }) => sender),
        column(({ code }) => code ?? null),
        column(({ event }) => event ?? null),
        column(({ sentAt }) => sentAt ?? null),
        column(({ occurredAt }) => occurredAt ?? null),
      ],
    );
    const fresh = new Set(added.map(keyOf));
    return reports.filter((report) => fresh.delete(keyOf(report)));
  }

  /**
   * The soft bounces of these addresses that count. Who asks waits for those who do so of the same address, until their transaction ends: of two
   * that report at once, the later sees both.
   */
  async softBounces(addresses: readonly AddressKey[]): Promise<SoftBounces[]> {
    await this.database.query(
      `select pg_advisory_xact_lock(hashtextextended(key, 0)) from (
         select distinct key from unnest($1::text[]) as key order by key) as ordered`,
      [
        addresses.map(
          ({ tenantId, channel, address }) => `soft bounces ${tenantId} ${consentChannel(channel)} ${address}`,
        ),
      ],
    );
    return this.database.query<SoftBounces>(
      `select tenant_id as "tenantId", channel, address, array_agg((extract(epoch from occurred_at) * 1000)::float8) as times
       from (select distinct * from unnest($1::uuid[], $2::text[], $3::text[]) as asked (tenant_id, channel, address)) as asked
       join address_report using (tenant_id, channel, address)
       where kind = 'soft_bounce' and not is_forgiven and occurred_at > now() - make_interval(days => $4)
       group by 1, 2, 3`,
      [
        addresses.map(({ tenantId }) => tenantId),
        addresses.map(({ channel }) => consentChannel(channel)),
        addresses.map(({ address }) => address),
        SOFT_BOUNCES_COUNT_FOR_DAYS,
      ],
    );
  }

  /** An address's soft bounces until now count no more. */
  async forgive({ tenantId, channel, address }: AddressKey): Promise<void> {
    await this.database.query(
      `update address_report set is_forgiven = true
       where (tenant_id, channel, address) = ($1::uuid, $2::text, $3::text) and kind = 'soft_bounce' and not is_forgiven`,
      [tenantId, consentChannel(channel), address],
    );
  }
}

const keyOf = ({ messageId, kind }: Pick<AddressReport, 'messageId' | 'kind'>): string => `${messageId} ${kind}`;
