/** Sender failover: another sender of the same venue, named by the tenant. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { channelsBeside, consentChannel, type Channel } from '../channels.js';
import type { SenderRoute } from './sender-directory.js';
import { FallbackSenderUnfit } from '../tenants.errors.js';

/** A sender with a fallback, and the route through the latter. */
export interface Fallback {
  readonly tenantId: string;
  readonly venueId: string;
  /** The original sender address of the messages. */
  readonly address: string;
  readonly route: SenderRoute;
}

type Row = SenderRoute & { readonly tenant_id: string; readonly venue_id: string; readonly relieved: string };

/** A silenced or released sender has no failover. */
const FALLBACKS = `
  select relieved.tenant_id, relieved.venue_id, relieved.address as relieved, sender.id as "senderId", account.id as "accountId",
    account.provider, sender.address, sender.display_name as "displayName", sender.rate_per_second as "ratePerSecond"
  from sender as relieved
  join sender on sender.id = relieved.fallback_sender_id and sender.status = 'active'
  join provider_account as account on account.id = sender.provider_account_id
  where relieved.status = 'active'`;

@Injectable()
export class FailoverSenders {
  constructor(private readonly database: Database) {}

  /**
   * Raises FallbackSenderUnfit if `fallbackId` cannot replace a sender: a reply to it, above all a STOP, must reach the same
   * venue.
   */
  async requireFit(
    { id, tenantId, venueId, channel }: { id?: string; tenantId: string; venueId: string; channel: Channel },
    fallbackId: string,
  ): Promise<void> {
    const fit = await this.database.query(
      `select from sender where id = $1 and id is distinct from $2 and tenant_id = $3 and venue_id = $4
         and channel in ($5, $6) and status <> 'released'`,
      [fallbackId, id ?? null, tenantId, venueId, channel, consentChannel(channel)],
    );
    if (fit.length === 0) throw new FallbackSenderUnfit();
  }

  /** Of all senders of an account, or of one of its addresses, on a channel. */
  async ofLane(accountId: string, address: string | undefined, channel: Channel): Promise<Fallback[]> {
    const rows = await this.database.query<Row>(
      `${FALLBACKS} and relieved.provider_account_id = $1 and relieved.address = coalesce($2, relieved.address)
         and relieved.channel in ($3, $4)`,
      [accountId, address ?? null, channel, consentChannel(channel)],
    );
    return rows.map(({ tenant_id: tenantId, venue_id: venueId, relieved, ...route }) => ({
      tenantId,
      venueId,
      address: relieved,
      route,
    }));
  }

  /** Of the venue's sender with this address; undefined if none was named, or it is not active. */
  async ofSender(
    tenantId: string,
    venueId: string,
    channel: Channel,
    address: string,
  ): Promise<SenderRoute | undefined> {
    const [row] = await this.database.query<Row>(
      `${FALLBACKS} and relieved.tenant_id = $1 and relieved.venue_id = $2 and relieved.address = $3
         and relieved.channel = any($5) order by relieved.channel = $4 desc limit 1`,
      [tenantId, venueId, address, channel, channelsBeside(channel)],
    );
    if (!row) return undefined;
    const { senderId, accountId, provider, address: from, displayName, ratePerSecond } = row;
    return { senderId, accountId, provider, address: from, displayName, ratePerSecond };
  }
}
