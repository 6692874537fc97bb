/** The host's queries, as HOST_QUERIES_FILE has them, and those that fit the sample. Pure. */
import { closestName, jsonIn } from '../kernel/index.js';
import { EVENT_STATUSES, ORDER_STATUSES } from './host-data.port.js';
import type { StatusWords } from './host-source.js';

/** What each query is given, besides `$1`, the tenant's id. */
const PARAMETERS = {
  orders: ['$2'],
  customers: ['$2'],
  events: ['$2'],
  attendees: ['$2'],
  attendees_of: ['$2', '$3', '$4'],
} as const;
export type QueryName = keyof typeof PARAMETERS;
export const QUERY_NAMES = Object.keys(PARAMETERS) as QueryName[];
const ENTRIES = [...QUERY_NAMES, 'ids', 'statuses'];
const STATUS_QUERIES = ['orders', 'events', 'attendees'] as const;
/** The words that a mapping leads to; an attendee's are the host's own. */
const OUR_WORDS: Readonly<Record<string, readonly string[]>> = { orders: ORDER_STATUSES, events: EVENT_STATUSES };

export type HostQueries = Readonly<Record<QueryName, string>> & {
  /** What ids look like, by query: others cannot exist, and are not asked for. */
  readonly ids: Readonly<Partial<Record<QueryName, RegExp>>>;
  readonly statuses: StatusWords;
};

/** Columns by query, as the SQL has to name them. */
export const COLUMNS: Readonly<
  Record<QueryName, { readonly needed: readonly string[]; readonly optional: readonly string[] }>
> = {
  orders: { needed: ['id', 'status', 'customer_id'], optional: ['event_id', 'venue_id', 'attributes'] },
  customers: {
    needed: ['id'],
    optional: ['name', 'email', 'phone', 'whatsapp', 'language', 'timezone', 'preferred_channel', 'attributes'],
  },
  events: {
    needed: ['id', 'name', 'starts_at', 'timezone', 'status'],
    optional: ['ends_at', 'venue_id', 'attributes'],
  },
  attendees: { needed: ['id', 'event_id', 'customer_id', 'status'], optional: ['attributes'] },
  attendees_of: { needed: ['id', 'event_id', 'customer_id', 'status'], optional: ['attributes'] },
};

/** They read the schema `sample_host`; examples/host/queries.json has the same text. */
export const SAMPLE_QUERIES: HostQueries = {
  orders:
    'select id, status, customer_id, event_id, venue_id, attributes from sample_host.orders where tenant_id = $1 and id = any($2)',
  customers:
    'select id, name, email, phone, whatsapp, language, timezone, preferred_channel, attributes from sample_host.customers where tenant_id = $1 and id = any($2)',
  events:
    'select id, name, starts_at, timezone, ends_at, status, venue_id, attributes from sample_host.events where tenant_id = $1 and id = any($2)',
  attendees:
    'select id, event_id, customer_id, status, attributes from sample_host.attendees where tenant_id = $1 and id = any($2)',
  attendees_of:
    'select id, event_id, customer_id, status, attributes from sample_host.attendees where tenant_id = $1 and event_id = $2 and id > $3 order by id limit $4',
  ids: {},
  statuses: {},
};

/** Reads the file's text. Every problem is given to `complain`, as the end of a sentence that begins with the file. */
export function readQueries(text: string, complain: (problem: string) => void): HostQueries {
  const file = entriesIn(text);
  if (!file) {
    complain('is not a JSON object');
    return SAMPLE_QUERIES;
  }
  for (const entry of Object.keys(file).filter((name) => !ENTRIES.includes(name))) {
    const meant = closestName(entry, ENTRIES);
    complain(
      `has the unknown entry "${entry.slice(0, 50)}"${meant === undefined ? `: there are ${ENTRIES.join(', ')}` : `: did you mean "${meant}"?`}`,
    );
  }
  const queries = QUERY_NAMES.map((name) => [name, queryIn(file, name, complain)] as const);
  return {
    ...(Object.fromEntries(queries) as Record<QueryName, string>),
    ids: idFormsIn(file['ids'], complain),
    statuses: statusWordsIn(file['statuses'], complain),
  };
}

function queryIn(
  file: Readonly<Record<string, unknown>>,
  name: QueryName,
  complain: (problem: string) => void,
): string {
  const query = file[name];
  if (query === undefined) complain(`has no query "${name}"`);
  else if (typeof query !== 'string' || !/^\s*(select|with)\b/i.test(query)) complain(`: "${name}" is not a SELECT`);
  else {
    // Without the tenant's id it would answer other tenants' rows.
    const unused = ['$1', ...PARAMETERS[name]].filter((parameter) => !uses(query, parameter));
    if (unused.length > 0) complain(`: the query "${name}" does not use ${unused.join(', ')}`);
    return query.replace(/;\s*$/, '');
  }
  return SAMPLE_QUERIES[name];
}

const uses = (query: string, parameter: string): boolean => new RegExp(`\\${parameter}(?!\\d)`).test(query);

function idFormsIn(value: unknown, complain: (problem: string) => void): HostQueries['ids'] {
  const forms = Object.entries(entriesOf(value, 'ids', QUERY_NAMES, complain)).map(([name, form]) => {
    try {
      if (typeof form === 'string') return [name, new RegExp(`^(?:${form})$`)] as const;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    complain(`: ids.${name} is not a regular expression`);
    return [name, undefined] as const;
  });
  return Object.fromEntries(forms);
}

function statusWordsIn(value: unknown, complain: (problem: string) => void): StatusWords {
  const mappings = entriesOf(value, 'statuses', STATUS_QUERIES, complain);
  for (const [name, words] of Object.entries(mappings)) {
    const mapped = isObject(words) ? Object.values(words) : [undefined];
    const ours = OUR_WORDS[name];
    if (!mapped.every((word) => typeof word === 'string' && (ours?.includes(word) ?? word !== ''))) {
      complain(`: statuses.${name} leads the host's words to ${ours ? ours.join(', ') : 'texts'}, and to nothing else`);
    }
  }
  return mappings;
}

/** The entries that there may be; the rest is complained of. */
function entriesOf(
  value: unknown,
  place: string,
  known: readonly string[],
  complain: (problem: string) => void,
): Readonly<Record<string, unknown>> {
  const entries = value === undefined ? {} : value;
  if (!isObject(entries) || !Object.keys(entries).every((name) => known.includes(name))) {
    complain(`: ${place} has entries for ${known.join(', ')}, and no others`);
    return {};
  }
  return entries;
}

function entriesIn(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = jsonIn(text);
  return isObject(value) ? value : undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
