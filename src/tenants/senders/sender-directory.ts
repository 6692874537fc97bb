/** Resolves senders on the hot path: thousands of lookups a second; changes are visible within two seconds. */
import { Inject, Injectable } from '@nestjs/common';
import { Database, DomainEvents, InvalidRequest, isUuid, ShortCache } from '../../kernel/index.js';
import { PROVIDERS_CONFIG, type ProvidersConfig } from '../../providers/index.js';
import { channelsBeside, consentChannel, type Category, type Channel, type ProviderName } from '../channels.js';
import { speakingOrderFor } from './default-senders.js';
import { platformVoice } from './provider-choice.js';
import { ProviderAccounts } from '../provider-accounts/provider-accounts.js';
import type { Sender, SenderStatus } from './sender.entity.js';
import { SenderChanged } from './sender-changed.event.js';
import { Tenant } from '../tenant.entity.js';
import { settingsOf, type TenantSettings } from '../tenant-settings.js';
import { TENANTS_CONFIG, type TenantsConfig } from '../tenants-config.js';
import {
  NoSender,
  SenderInactive,
  SenderNotFound,
  TenantNotFound,
  VenueNotFound,
  VenueRequired,
} from '../tenants.errors.js';

/** The sender address and account of a message. `senderId` is null for the platform's shared address. */
export interface SenderRoute {
  readonly senderId: string | null;
  readonly accountId: string;
  readonly provider: ProviderName;
  readonly address: string;
  readonly displayName: string | null;
  /** Null: as fast as the provider allows such a sender. */
  readonly ratePerSecond: number | null;
}

/** What the choice of a sender depends on. */
export interface RouteRequest {
  readonly channel: Channel;
  readonly category: Category;
  /** A sender that the message names. */
  readonly senderId?: string;
}

/** A venue that uses or used a number; its account determines whose webhooks count for it. */
export interface NumberHolder {
  readonly tenantId: string;
  readonly venueId: string;
  readonly senderId: string;
  readonly accountId: string;
}

const CACHE_MS = 2_000;
/** The id of no venue. */
const NO_VENUE = '00000000-0000-0000-0000-000000000000';

@Injectable()
export class SenderDirectory {
  private readonly tenants = new ShortCache<TenantSettings>(CACHE_MS);
  private readonly venues = new ShortCache<string>(CACHE_MS);
  private readonly names = new ShortCache<readonly string[]>(CACHE_MS);
  private readonly routes = new ShortCache<SenderRoute>(CACHE_MS);

  constructor(
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
    private readonly database: Database,
    private readonly accounts: ProviderAccounts,
    private readonly events: DomainEvents,
    @Inject(TENANTS_CONFIG) private readonly platform: TenantsConfig,
  ) {}

  /** Raises TenantNotFound. */
  tenant(tenantId: string): Promise<TenantSettings> {
    return this.tenants.get(tenantId, async () => {
      const tenant = await this.database.em().findOne(Tenant, { id: tenantId });
      if (!tenant) throw new TenantNotFound();
      return settingsOf(tenant, this.platform);
    });
  }

  /**
   * The id of the tenant's venue with this id, else with this `externalId`; of its default venue if none is named. Raises
   * VenueNotFound, and VenueRequired where the tenant wants one named.
   */
  venueOf(tenantId: string, named: string | undefined): Promise<string> {
    if (named === undefined) return this.defaultVenue(tenantId);
    return this.venues.get(`${tenantId} ${named}`, () => this.venueNamed(tenantId, named));
  }

  /**
   * The same for a filter, which an unknown venue leaves empty; undefined if none is named. Without a tenant only an id names a
   * venue. Raises InvalidRequest.
   */
  async venueInFilter(tenantId: string | undefined, named: string | undefined): Promise<string | undefined> {
    if (named === undefined) return undefined;
    if (tenantId === undefined) {
      if (isUuid(named)) return named;
      const message = 'venueId must be an id (a UUID), or an externalId beside the tenant in X-Tenant-Id';
      throw new InvalidRequest([{ path: 'venueId', message }]);
    }
    try {
      return await this.venueOf(tenantId, named);
    } catch (error) {
      if (error instanceof VenueNotFound) return NO_VENUE;
      throw error;
    }
  }

  /** What a venue is called, or each of the tenant's. */
  namesOf(tenantId: string, venueId?: string): Promise<readonly string[]> {
    return this.names.get(venueId ?? tenantId, async () => {
      const venues = await this.database.query<{ name: string }>(
        `select name from venue where tenant_id = $1 and ($2::uuid is null or id = $2)`,
        [tenantId, venueId ?? null],
      );
      return venues.map(({ name }) => name);
    });
  }

  /**
   * The route of a message of one of the tenant's venues: through the named sender, else the venue's default one for the channel
   * (for MMS also for SMS; the named one may be for either) and category, or the active one that is next in `speakingOrder`, else the platform's own. Raises
   * SenderNotFound, SenderInactive, NoSender.
   */
  routeFor(tenantId: string, venueId: string, request: RouteRequest): Promise<SenderRoute> {
    const { channel, category, senderId } = request;
    return this.routes.get(`${tenantId} ${venueId} ${channel} ${senderId ?? category}`, async () => {
      const [row] = await this.database.query<SenderRoute & { status: SenderStatus }>(
        `select sender.id as "senderId", account.id as "accountId", account.provider, address, sender.status,
                display_name as "displayName", rate_per_second as "ratePerSecond"
         from sender join provider_account account on account.id = provider_account_id
         where sender.tenant_id = $1 and venue_id = $2
           and case when $5::uuid is null then channel in ($3, $4) and status = 'active' else channel = any($7) and sender.id = $5 end
         order by ${speakingOrderFor('$3', '$6')} limit 1`,
        [tenantId, venueId, channel, consentChannel(channel), senderId ?? null, category, channelsBeside(channel)],
      );
      if (!row && senderId !== undefined) throw new SenderNotFound();
      if (!row) return this.withoutSender(tenantId, venueId, request);
      const { status, ...route } = row;
      if (status !== 'active') throw new SenderInactive();
      return route;
    });
  }

  /** The route of messages sent from this address before: the same while it is active, else as for any message. */
  async routeFrom(
    tenantId: string,
    venueId: string,
    { channel, category }: RouteRequest,
    address: string,
  ): Promise<SenderRoute> {
    const [sender] = await this.database.query<{ id: string }>(
      `select id from sender where tenant_id = $1 and venue_id = $2 and channel = any($3) and address = $4 and status = 'active'
       order by channel = $5 desc limit 1`,
      [tenantId, venueId, channelsBeside(channel), address, channel],
    );
    return this.routeFor(tenantId, venueId, { channel, category, senderId: sender?.id });
  }

  /**
   * The venues of a number, to attribute a reply: its active senders, else the last sender that used it. Empty for a number of
   * no venue, such as the platform's shared one. Never cached: consent depends on it.
   */
  venuesOfNumber(channel: Channel, number: string): Promise<NumberHolder[]> {
    return this.database.query<NumberHolder>(
      `select distinct on (venue_id) tenant_id as "tenantId", venue_id as "venueId", id as "senderId",
              provider_account_id as "accountId"
       from (select *, row_number() over (order by status = 'active' desc, updated_at desc, id desc) as place
             from sender where address = $1 and channel = any($2)) as holder
       where status = 'active' or place = 1`,
      [number, channelsBeside(channel)],
    );
  }

  /** All senders that a number is or was, the last one first. Never cached: who is billed depends on it. */
  holdersOf(channel: Channel, number: string): Promise<(NumberHolder & { readonly status: SenderStatus })[]> {
    return this.database.query(
      `select tenant_id as "tenantId", venue_id as "venueId", id as "senderId", provider_account_id as "accountId", status
       from sender where address = $1 and channel = any($2) order by updated_at desc, id desc`,
      [number, channelsBeside(channel)],
    );
  }

  /** A venue that uses or used the number; undefined if it never did. Never cached. */
  async formerHolder(channel: Channel, number: string, venueId: string): Promise<NumberHolder | undefined> {
    const [holder] = await this.database.query<NumberHolder>(
      `select tenant_id as "tenantId", venue_id as "venueId", id as "senderId", provider_account_id as "accountId"
       from sender where address = $1 and channel = any($2) and venue_id = $3 order by id desc limit 1`,
      [number, channelsBeside(channel), venueId],
    );
    return holder;
  }

  /** Call it in the transaction of the change: after the commit this process reloads, and subscribers are notified. */
  async changed({ id, tenantId, venueId, channel, status }: Sender): Promise<void> {
    await this.database.afterCommit(() => this.forget());
    await this.events.publish([new SenderChanged(tenantId, id, venueId, channel, status)]);
  }

  /** Call after a change in this process: the next lookup reads from the database. */
  forget(): void {
    for (const cache of [this.tenants, this.venues, this.names, this.routes]) cache.clear();
  }

  private async defaultVenue(tenantId: string): Promise<string> {
    const { requireVenueId } = await this.tenant(tenantId);
    if (requireVenueId) throw new VenueRequired();
    return this.venues.get(tenantId, async () => {
      const [venue] = await this.database.query<{ id: string }>(
        `select id from venue where tenant_id = $1 and is_default`,
        [tenantId],
      );
      if (!venue) throw new VenueNotFound();
      return venue.id;
    });
  }

  private async venueNamed(tenantId: string, named: string): Promise<string> {
    const [venue] = await this.database.query<{ id: string }>(
      `select id from venue where tenant_id = $1 and (id = $2::uuid or external_id = $3)
       order by id = $2::uuid desc nulls last limit 1`,
      [tenantId, isUuid(named) ? named : null, named],
    );
    if (!venue) throw new VenueNotFound();
    return venue.id;
  }

  /** The platform's sender is used only for a venue that never had its own: an inactive one is not replaced. */
  private async withoutSender(
    tenantId: string,
    venueId: string,
    { channel, category }: RouteRequest,
  ): Promise<SenderRoute> {
    const own = await this.database.query(`select from sender where venue_id = $1 and channel in ($2, $3) limit 1`, [
      venueId,
      channel,
      consentChannel(channel),
    ]);
    if (own.length > 0) throw new NoSender(channel);
    const voice = platformVoice(this.config, { channel, category, tenant: await this.tenant(tenantId) });
    if (!voice) throw new NoSender(channel);
    const { provider } = voice;
    // In test mode it speaks through the tenant's own: what is reported through the platform's counts for all tenants.
    const isTest = this.config.mode === 'test';
    const accountId = await (isTest ? this.accounts.idFor(tenantId, provider) : this.accounts.platformId(provider));
    return { senderId: null, accountId, ...voice, displayName: null, ratePerSecond: null };
  }
}
