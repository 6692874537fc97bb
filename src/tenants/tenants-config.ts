/** What the platform allows all its tenants. */
import { isSupportedCountry } from 'libphonenumber-js/max';
import type { EnvironmentReader } from '../kernel/index.js';
import { LONGEST_DAYS, SHORTEST_DAYS } from './retention.dto.js';

export interface TenantsConfig {
  /** Countries that texts, WhatsApp messages and calls may go to, as ISO 3166-1 alpha-2; null: to every country. */
  readonly allowedCountries: readonly string[] | null;
  /** Days after which personal data are erased where a tenant does not say; 0: they are kept. */
  readonly retention: Readonly<Record<'contentDays' | 'recipientDays' | 'receivedDays', number>>;
}

/** The token of the configuration. */
export const TENANTS_CONFIG = Symbol('TENANTS_CONFIG');

/** Reads the variables about all tenants. Reports their errors. */
export function readTenants(read: EnvironmentReader): TenantsConfig {
  const retention = {
    contentDays: readDays(read, 'CALLBOARD_CONTENT_DAYS', SHORTEST_DAYS.content),
    recipientDays: readDays(read, 'CALLBOARD_RECIPIENT_DAYS', SHORTEST_DAYS.recipients),
    receivedDays: readDays(read, 'CALLBOARD_RECEIVED_DAYS', SHORTEST_DAYS.received),
  };
  return { allowedCountries: readCountries(read), retention };
}

/** 0 if it is not set. */
const readDays = (read: EnvironmentReader, name: string, shortest: number): number =>
  read.text(name) === undefined ? 0 : read.integer(name, 0, shortest, LONGEST_DAYS);

function readCountries(read: EnvironmentReader): readonly string[] | null {
  const text = read.text('ALLOWED_COUNTRIES');
  if (text === undefined) return null;
  const countries = text.split(',').map((country) => country.trim());
  const unknown = countries.find((country) => !isSupportedCountry(country));
  if (unknown !== undefined)
    read.complain(
      `ALLOWED_COUNTRIES has “${unknown}”: set countries with phone numbers as ISO 3166-1 alpha-2, such as US,CA`,
    );
  return countries;
}
