/** Until when marketing waits for its recipients: reckoned once for those of a batch in the same zones. */
import {
  canonicalZone,
  consentChannel,
  countryOfRecipient,
  zonesOfNumber,
  type Channel,
  type QuietHours,
  type SendingHours,
} from '../../tenants/index.js';
import { legalHours } from './legal-hours.js';
import { openingOf } from './opening.rules.js';

/** Where hours never meet, such as a tenant's with the law's: it is looked at again then, in case they have been changed. */
const LOOK_AGAIN_MS = 24 * 3_600_000;

/** Somebody who is to get marketing. */
export interface Addressee {
  readonly tenantId: string;
  readonly channel: Channel;
  /** Normalised. */
  readonly recipient: string;
  /** The time zone that their attributes name, unchecked. */
  readonly zone?: string | null;
}

export class QuietTimes {
  private readonly known = new Map<string, Date | null>();

  constructor(private readonly now: Date) {}

  /**
   * When the hours begin in which it may go there; null if it may go now. Where the recipient may live in several zones, it must be open in all
   * of them, or in that with most people if it never is.
   */
  until(to: Addressee, quiet: QuietHours, tenantZone: string): Date | null {
    const channel = consentChannel(to.channel);
    if (!quiet.channels.some((one) => one === channel)) return null;
    const country = countryOfRecipient(to.recipient);
    const zones = zonesOf(to, tenantZone);
    const key = [to.tenantId, channel, country, ...zones].join(' ');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const until = this.opening(hoursOf(quiet, channel, country), zones);
    this.known.set(key, until);
    return until;
  }

  private opening(hours: readonly (readonly SendingHours[])[], zones: readonly string[]): Date | null {
    const opening = openingOf(hours, zones, this.now) ?? openingOf(hours, zones.slice(0, 1), this.now);
    if (!opening) return new Date(this.now.getTime() + LOOK_AGAIN_MS);
    return opening.getTime() === this.now.getTime() ? null : opening;
  }
}

function hoursOf(
  { hours, countries, legalDefaults }: QuietHours,
  channel: Channel,
  country: string | null,
): readonly (readonly SendingHours[])[] {
  const own = countries.find((one) => one.country === country)?.hours;
  if (own) return [own];
  const legal = legalDefaults && country !== null ? legalHours(country, channel) : undefined;
  return legal ? [hours, legal] : [hours];
}

function zonesOf({ zone, recipient }: Addressee, tenantZone: string): readonly string[] {
  if (typeof zone === 'string' && isZone(zone)) return [zone];
  const zones = zonesOfNumber(recipient);
  return zones.length > 0 ? zones : [tenantZone];
}

const isKnown = new Map<string, boolean>();
/** So many that no caller's data fill the memory. */
const MOST_KNOWN = 1_000;

function isZone(zone: string): boolean {
  const known = isKnown.get(zone);
  if (known !== undefined) return known;
  const is = /^(UTC|[A-Za-z_]{1,32}\/[\w/+-]{1,64})$/.test(zone) && canonicalZone(zone) !== undefined;
  if (isKnown.size < MOST_KNOWN) isKnown.set(zone, is);
  return is;
}
