/** Finds out when each recipient's hour comes: by time zones, of which there are few, never by recipients. */
import { Injectable } from '@nestjs/common';
import { Database, instant, iso } from '../../kernel/index.js';
import { countryOfStart, NUMBER_START, SenderDirectory, startOf, zoneOfCountry } from '../../tenants/index.js';
import type { CampaignView } from '../campaigns.dto.js';
import { hourIn, type IfPast, type RecipientHour } from './recipient-hour.rules.js';

/** SQL: the time zone that a contact's attributes name. */
const NAMED = `attributes ->> 'timezone'`;

/** When recipients' hours come, as a statement asks it. */
export interface Hours {
  /** Of each time zone that contacts name. */
  readonly zones: Readonly<Record<string, Date>>;
  /** Of the others, by how their numbers start, where their country is known. */
  readonly starts: Readonly<Record<string, Date>>;
  /** Of whom nothing is known: in the tenant's time zone. */
  readonly others: Date;
}

/** Columns of a launched campaign. */
export interface LaunchedHour {
  readonly tenant_id: string;
  readonly local_time: string | null;
  readonly if_past: IfPast | null;
  readonly launched_at: string;
}

/** The schedule of a campaign. */
type ScheduledHour = Pick<CampaignView, 'inZone' | 'scheduledAt' | 'scheduledLocal' | 'ifPast'>;

/** SQL: a recipient's hour; `hours` is a parameter with Hours as JSON. */
export const hourOf = (hours: string): string => `coalesce(
  ${hours}::jsonb -> 'zones' ->> (${NAMED}), ${hours}::jsonb -> 'starts' ->> (${NUMBER_START('address')}), ${hours}::jsonb ->> 'others')::timestamptz`;

/** Columns of a draft, and the relation that they need beside its own; without hours, of what goes at once. */
export const timing = (
  hours: string | undefined,
): { readonly status: string; readonly sendAt: string; readonly readyAt: string; readonly beside: string } =>
  hours === undefined
    ? { status: `'queued'`, sendAt: 'null::timestamptz', readyAt: 'now()', beside: '' }
    : {
        status: `case when hour > now() then 'scheduled' else 'queued' end`,
        sendAt: 'case when hour > now() then hour end',
        readyAt: 'greatest(hour, now())',
        beside: `, lateral (select ${hourOf(hours)} as hour) as local`,
      };

@Injectable()
export class RecipientHours {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
  ) {}

  /** Of a chunk's contacts, as JSON; undefined for a campaign that comes at once. `contacts` is as `of` takes it. */
  async launched(
    { tenant_id: tenantId, local_time: localTime, if_past: ifPast, launched_at: launchedAt }: LaunchedHour,
    contacts: string,
    parameters: readonly unknown[],
  ): Promise<string | undefined> {
    if (localTime === null || ifPast === null) return undefined;
    const hour = { localTime, ifPast, start: instant(launchedAt) };
    return JSON.stringify(await this.of(tenantId, hour, contacts, parameters));
  }

  /** Of all contacts of a relation with `address` and `attributes`. */
  async of(tenantId: string, hour: RecipientHour, contacts: string, parameters: readonly unknown[]): Promise<Hours> {
    const known = await this.database.query<{ zone: string | null; start: string | null }>(
      `select distinct ${NAMED} as zone, ${NUMBER_START('address')} as start from (${contacts}) as contact`,
      parameters,
    );
    const { timezone } = await this.directory.tenant(tenantId);
    const inZone = hoursOf(hour);
    return {
      zones: hoursBy(
        known.map(({ zone }) => zone),
        inZone,
      ),
      starts: hoursBy(
        known.map(({ start }) => start),
        (start) => inZone(zoneOfStart(start)),
      ),
      others: inZone(timezone) ?? hour.start,
    };
  }

  /** When the first and the last of a relation's contacts get a campaign that starts as it is scheduled; null where that is by no clock of theirs. */
  async foreseen(
    tenantId: string,
    campaign: ScheduledHour,
    contacts: string,
    parameters: readonly unknown[],
  ): Promise<{ readonly firstAt: string | null; readonly lastAt: string | null }> {
    const hour = scheduledHour(campaign);
    if (!hour) return { firstAt: null, lastAt: null };
    const hours = await this.of(tenantId, hour, contacts, parameters);
    const place = `$${parameters.length + 1}`;
    const [row] = await this.database.query<{ first: string | null; last: string | null }>(
      `select min(hour) as first, max(hour) as last from (select ${hourOf(place)} as hour from (${contacts}) as contact) as hours`,
      [...parameters, JSON.stringify(hours)],
    );
    return { firstAt: iso(row?.first ?? null), lastAt: iso(row?.last ?? null) };
  }

  /** The same of one recipient. */
  async at(
    tenantId: string,
    campaign: ScheduledHour,
    address: string,
    { timezone: named }: Readonly<Record<string, unknown>>,
  ): Promise<string | null> {
    const hour = scheduledHour(campaign);
    if (!hour) return null;
    const { timezone } = await this.directory.tenant(tenantId);
    const start = startOf(address);
    const zones = [
      typeof named === 'string' ? named : undefined,
      start === null ? undefined : zoneOfStart(start),
      timezone,
    ];
    const hours = zones.map(hoursOf(hour));
    return iso(hours.find((one) => one !== undefined) ?? hour.start);
  }
}

function scheduledHour({
  inZone,
  scheduledAt,
  scheduledLocal: localTime,
  ifPast,
}: ScheduledHour): RecipientHour | undefined {
  if (inZone === 'tenant' || localTime === null || ifPast === null || scheduledAt === null) return undefined;
  return { localTime, ifPast, start: new Date(Math.max(Date.parse(scheduledAt), Date.now())) };
}

function zoneOfStart(start: string): string | undefined {
  const country = countryOfStart(start);
  return country === null ? undefined : zoneOfCountry(country);
}

/** Each zone is reckoned with once: of some countries every number is a start of its own. */
function hoursOf(hour: RecipientHour): (zone: string | undefined) => Date | undefined {
  const known = new Map<string | undefined, Date | undefined>();
  return (zone) => {
    if (zone !== undefined && !known.has(zone)) known.set(zone, hourIn(zone, hour));
    return known.get(zone);
  };
}

/** Of each of these texts, once, if there is an hour. */
function hoursBy(
  texts: readonly (string | null)[],
  hourOfText: (text: string) => Date | undefined,
): Record<string, Date> {
  const hours: Record<string, Date> = {};
  for (const text of new Set(texts)) {
    const hour = text === null ? undefined : hourOfText(text);
    if (text !== null && hour) hours[text] = hour;
  }
  return hours;
}
