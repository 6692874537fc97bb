/** What figures are broken down by. */
import { DIRECTIONS, MESSAGE_TYPES } from '../billing/index.js';
import { CAMPAIGN_NAMES } from '../campaigns/index.js';
import { TEMPLATE_KEYS } from '../templates/index.js';
import { CATEGORIES, CHANNELS, PROVIDERS, VENUES } from '../tenants/index.js';

interface Dimension {
  /** Of the relation that a report reads. */
  readonly sql: string;
  /** Under which the value is shown, and filtered by. */
  readonly field: string;
  /** Where the name of an id is. */
  readonly named?: { readonly relation: string; readonly column: string; readonly field: string };
  /** All values that there may be. */
  readonly values?: readonly string[];
}

export const DIMENSIONS = {
  day: { sql: 'day', field: 'day' },
  month: { sql: `to_char(day, 'YYYY-MM')`, field: 'month' },
  venue: { sql: 'venue_id', field: 'venueId', named: { relation: VENUES, column: 'name', field: 'venueName' } },
  campaign: {
    sql: 'campaign_id',
    field: 'campaignId',
    named: { relation: CAMPAIGN_NAMES, column: 'name', field: 'campaignName' },
  },
  // The API knows a template by its key alone.
  template: {
    sql: 'template_id',
    field: 'templateKey',
    named: { relation: TEMPLATE_KEYS, column: 'key', field: 'templateKey' },
  },
  channel: { sql: 'channel', field: 'channel', values: CHANNELS },
  category: { sql: 'category', field: 'category', values: CATEGORIES },
  type: { sql: 'type', field: 'type', values: MESSAGE_TYPES },
  provider: { sql: 'provider', field: 'provider', values: PROVIDERS },
  country: { sql: 'country', field: 'country' },
  direction: { sql: 'direction', field: 'direction', values: DIRECTIONS },
  kind: { sql: 'kind', field: 'kind' },
  reason: { sql: `nullif(reason, '')`, field: 'reason' },
  code: { sql: `nullif(code, '')`, field: 'code' },
} as const satisfies Readonly<Record<string, Dimension>>;
export type DimensionName = keyof typeof DIMENSIONS;

/** Of usage and amounts. */
export const USAGE_DIMENSIONS = [
  'day',
  'month',
  'venue',
  'campaign',
  'template',
  'channel',
  'category',
  'type',
  'provider',
  'country',
  'direction',
] as const satisfies readonly DimensionName[];
export const FAILURE_DIMENSIONS = [
  'day',
  'month',
  'campaign',
  'channel',
  'provider',
  'kind',
  'reason',
  'code',
] as const satisfies readonly DimensionName[];
export const LATENCY_DIMENSIONS = ['day', 'month', 'channel', 'provider'] as const satisfies readonly DimensionName[];

export const dimension = (name: DimensionName): Dimension => DIMENSIONS[name];

/** The values of a line under their names; null for what has none, such as the campaign of a single message. */
export function valuesOf(
  by: readonly DimensionName[],
  row: Readonly<Record<string, unknown>>,
): Record<string, string | null> {
  const values: Record<string, string | null> = {};
  for (const name of by) {
    const { field, named } = dimension(name);
    values[field] = textOf(row[name]);
    if (named) values[named.field] = textOf(row[named.field]);
  }
  return values;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
