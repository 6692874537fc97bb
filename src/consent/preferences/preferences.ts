/** What a person wants to get from a venue, on each channel of their address. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { SenderDirectory, VenueProfiles, type Channel } from '../../tenants/index.js';
import type { Decision } from '../consent.entity.js';
import { leftMarketing } from '../marketing-opt-outs.sql.js';
import type { LinkedPerson } from './person-token.js';
import { wishesIn, type Wishes } from './preferences.rules.js';

export interface ChannelWishes extends Wishes {
  readonly channel: Channel;
}

export interface Preferences {
  readonly tenantId: string;
  readonly venueName: string;
  /** Those that the tenant sends on to such an address. */
  readonly channels: readonly ChannelWishes[];
  /** Undefined if the person chose none. */
  readonly language: string | undefined;
}

type Person = Pick<LinkedPerson, 'venueId' | 'channel' | 'address'>;

interface Row {
  readonly channel: Channel;
  readonly consent: Decision | null;
  readonly leftMarketing: boolean;
}

const CHANNELS_OF_NUMBERS: readonly Channel[] = ['sms', 'whatsapp', 'voice'];

@Injectable()
export class PersonPreferences {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
    private readonly venues: VenueProfiles,
  ) {}

  /** Raises VenueNotFound. */
  async of({ venueId, channel, address }: Person): Promise<Preferences> {
    const { tenantId, name: venueName } = await this.venues.of(venueId);
    const tenant = await this.directory.tenant(tenantId);
    const possible = channel === 'email' ? [channel] : CHANNELS_OF_NUMBERS;
    const channels = possible.filter((one) => one === channel || tenant.sendsOn(one));
    const rows = await this.database.query<Row>(
      `select channel, nullif(status, 'unknown') as consent, coalesce(${leftMarketing('consent')}, false) as "leftMarketing"
       from consent where venue_id = $1 and address = $2 and channel = any($3)`,
      [venueId, address, channels],
    );
    const known = new Map(rows.map((row) => [row.channel, row]));
    return {
      tenantId,
      venueName,
      channels: channels.map((one) => ({
        channel: one,
        ...wishesIn({
          consent: known.get(one)?.consent ?? null,
          leftMarketing: known.get(one)?.leftMarketing ?? false,
          optInRequired: tenant.requireOptIn.includes(one),
        }),
      })),
      language: await this.languageOf(venueId, address),
    };
  }

  /** The language that the person chose at this venue. */
  private async languageOf(venueId: string, address: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ language: string }>(
      `select language from recipient_language where venue_id = $1 and address = $2`,
      [venueId, address],
    );
    return row?.language;
  }
}
