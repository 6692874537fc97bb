/** The time zones that a country's people live in, or are taken to. Pure. */
import { countryOfRecipient } from './allowed-countries.js';
import { zonesOfArea } from './area-zones.js';

/** Of countries with several time zones, the one in which most of their people live; and of those of which ICU knows none. */
const MOST_POPULOUS: Readonly<Record<string, string>> = {
  AC: 'Atlantic/St_Helena',
  AR: 'America/Argentina/Buenos_Aires',
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  CA: 'America/Toronto',
  CD: 'Africa/Kinshasa',
  CL: 'America/Santiago',
  CN: 'Asia/Shanghai',
  CY: 'Asia/Nicosia',
  DE: 'Europe/Berlin',
  EC: 'America/Guayaquil',
  ES: 'Europe/Madrid',
  FM: 'Pacific/Pohnpei',
  GL: 'America/Nuuk',
  ID: 'Asia/Jakarta',
  KI: 'Pacific/Tarawa',
  KZ: 'Asia/Almaty',
  MH: 'Pacific/Majuro',
  MN: 'Asia/Ulaanbaatar',
  MX: 'America/Mexico_City',
  MY: 'Asia/Kuala_Lumpur',
  NZ: 'Pacific/Auckland',
  PF: 'Pacific/Tahiti',
  PG: 'Pacific/Port_Moresby',
  PS: 'Asia/Gaza',
  PT: 'Europe/Lisbon',
  RU: 'Europe/Moscow',
  TA: 'Atlantic/St_Helena',
  UA: 'Europe/Kyiv',
  US: 'America/New_York',
  UZ: 'Asia/Tashkent',
  XK: 'Europe/Belgrade',
};

/** Of the others, of which this process knows a single one. Undefined for none, and for an unknown country. */
export function zoneOfCountry(country: string): string | undefined {
  const usual = MOST_POPULOUS[country];
  if (usual !== undefined) return usual;
  const [zone, ...others] = new Intl.Locale('und', { region: country }).getTimeZones() ?? [];
  return others.length === 0 ? zone : undefined;
}

/**
 * The zones that the owner of a normalised number may live in, by its area code in North America, else by its country: that with most people first.
 * Empty for an email address, and a number of no single country.
 */
export function zonesOfNumber(address: string): readonly string[] {
  const area = /^\+1(\d{3})\d{7}$/.exec(address)?.[1];
  const zones = area === undefined ? undefined : zonesOfArea(area);
  if (zones) return zones;
  const country = countryOfRecipient(address);
  return country === null ? [] : zonesOfCountry(country);
}

const known = new Map<string, readonly string[]>();

function zonesOfCountry(country: string): readonly string[] {
  const found = known.get(country);
  if (found) return found;
  const first = zoneOfCountry(country);
  const all = new Set([
    ...(first === undefined ? [] : [first]),
    ...(new Intl.Locale('und', { region: country }).getTimeZones() ?? []),
  ]);
  known.set(country, [...all]);
  return [...all];
}
