/** `tenants`: the customers of the platform, and their settings. */
import { jsonIn } from '../../kernel/index.js';
import { JSON_ANSWER, LISTED, picked, printList, printOne, type Column } from '../answers.js';
import { command, UsageError, type CliCommand } from '../command-line.js';
import { connect } from '../connection.js';

interface Tenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly timezone: string;
  readonly currency: string;
  readonly country: string | null;
  readonly region: string | null;
  readonly defaultVenueId: string;
  readonly createdAt: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

const COLUMNS: readonly Column<Tenant>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'SLUG', of: ({ slug }) => slug },
  { title: 'NAME', isText: true, of: ({ name }) => name },
  { title: 'TIMEZONE', of: ({ timezone }) => timezone },
  { title: 'CURRENCY', of: ({ currency }) => currency },
  { title: 'SINCE', of: ({ createdAt }) => createdAt.slice(0, 10) },
];

const FIELDS = [
  'id',
  'slug',
  'name',
  'timezone',
  'currency',
  'country',
  'region',
  'defaultVenueId',
  'createdAt',
] as const;

const NAMED = { tenant: 'id or slug of the tenant' } as const;

const LIST = command({
  name: 'tenants list',
  summary: 'lists the tenants, oldest first',
  options: LISTED,
  examples: ['tenants list', 'tenants list --all --json'],
  run: async (listed, context) =>
    printList(context, listed, { api: await connect(context), path: '/api/tenants' }, COLUMNS),
});

const SHOW = command({
  name: 'tenants show',
  summary: 'shows one tenant',
  arguments: NAMED,
  options: JSON_ANSWER,
  examples: ['tenants show riverside'],
  async run({ tenant, json }, context) {
    const api = await connect(context);
    const answer = await api.get<Tenant>(`/api/tenants/${await api.tenantId(tenant)}`);
    return printOne(context, answer, json, (shown) => picked(shown, FIELDS));
  },
});

const CREATE = command({
  name: 'tenants create',
  summary: 'takes a new tenant in',
  options: {
    name: { type: 'string', required: true, meaning: 'what it is called' },
    slug: { type: 'string', required: true, meaning: 'its short name, of lower-case letters, digits and hyphens' },
    timezone: {
      type: 'string',
      value: 'zone',
      meaning: 'where its months begin, such as Europe/Berlin; by default UTC',
    },
    currency: { type: 'string', meaning: 'as ISO 4217, such as EUR; by default USD' },
    country: { type: 'string', meaning: 'where phone numbers without a country code are from, such as DE' },
    region: { type: 'string', meaning: 'where it is, for good; by default in the region that is asked' },
    ...JSON_ANSWER,
  },
  examples: [
    'tenants create --name "Harbour Stage" --slug harbour --timezone Europe/Berlin --currency EUR --country DE',
  ],
  async run({ json, ...input }, context) {
    const answer = await (await connect(context)).post<Tenant>('/api/tenants', input);
    return printOne(context, answer, json, (shown) => picked(shown, FIELDS));
  },
});

const SETTINGS = command({
  name: 'tenants settings',
  summary: 'shows or changes what a tenant may do',
  details:
    'The fields are those of PATCH /api/tenants/{id}/settings. A value is read as JSON if it is JSON, and as text otherwise; a dot leads into an object.',
  arguments: NAMED,
  options: {
    set: { type: 'string', value: 'field=value', multiple: true, meaning: 'a field to change' },
    ...JSON_ANSWER,
  },
  examples: [
    'tenants settings riverside',
    'tenants settings riverside --set smsEnabled=true --set requireOptIn.sms=false',
    `tenants settings riverside --set 'giveUpDoubts=["marketing"]'`,
  ],
  async run({ tenant, set, json }, context) {
    const changes = changesIn(set);
    const api = await connect(context);
    const path = `/api/tenants/${await api.tenantId(tenant)}`;
    const answer = await (set.length === 0 ? api.get<Tenant>(path) : api.patch<Tenant>(`${path}/settings`, changes));
    return printOne(context, answer, json, ({ settings }) =>
      Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, JSON.stringify(value)])),
    );
  },
});

/** Raises UsageError for what names no field. */
function changesIn(assignments: readonly string[]): object {
  const changes: Record<string, unknown> = {};
  for (const assignment of assignments) {
    const [, path = '', text = ''] = /^([\w.]+)=(.*)$/s.exec(assignment) ?? [];
    if (path === '') throw new UsageError(`--set takes a field and its value, such as smsEnabled=true.`);
    const [field = '', inner] = path.split('.');
    if (inner === undefined) changes[field] = valueIn(text);
    else changes[field] = { ...(changes[field] as object | undefined), [inner]: valueIn(text) };
  }
  return changes;
}

function valueIn(text: string): unknown {
  const value = jsonIn(text);
  return value === undefined ? text : value;
}

export const TENANTS: readonly CliCommand[] = [LIST, SHOW, CREATE, SETTINGS];
