/** `keys`: the API keys of a tenant. */
import { countOf, JSON_ANSWER, LISTED, printDone, printList, printOne, type Column } from '../answers.js';
import type { ApiClient } from '../api-client.js';
import { command, UsageError, type CliCommand } from '../command-line.js';
import { connect } from '../connection.js';
import type { CliContext } from '../context.js';

interface Key {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

interface Issued extends Pick<Key, 'id' | 'name' | 'scopes' | 'createdAt' | 'expiresAt'> {
  readonly key: string;
}

const COLUMNS: readonly Column<Key>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'NAME', isText: true, of: ({ name }) => name },
  { title: 'SCOPES', isText: true, of: ({ scopes }) => scopes.join(',') },
  { title: 'CREATED', of: ({ createdAt }) => createdAt },
  { title: 'LAST USED', of: ({ lastUsedAt }) => lastUsedAt },
  { title: 'EXPIRES', of: ({ expiresAt }) => expiresAt },
  { title: 'REVOKED', of: ({ revokedAt }) => revokedAt },
];

const OF_TENANT = { tenant: 'id or slug of the tenant' } as const;
const EXPIRES = { expires: { type: 'string', value: 'time', meaning: 'when it stops working by itself' } } as const;
const TEST = { test: { type: 'boolean', meaning: 'in test mode, whose keys begin with cb_test_' } } as const;
const ONE = { ...OF_TENANT, key: 'id of the key, as `keys list` shows it' } as const;

const LIST = command({
  name: 'keys list',
  summary: 'lists a tenant’s API keys, oldest first, without their secrets',
  arguments: OF_TENANT,
  options: { ...LISTED, ...TEST },
  examples: ['keys list riverside'],
  async run({ tenant, test, ...listed }, context) {
    const api = await connectIn(context, test);
    return printList(context, listed, { api, path: await keysOf(api, tenant) }, COLUMNS);
  },
});

const CREATE = command({
  name: 'keys create',
  summary: 'issues an API key, and prints it this once',
  arguments: OF_TENANT,
  options: {
    name: { type: 'string', required: true, meaning: 'who will use it' },
    scopes: {
      type: 'string',
      required: true,
      meaning: 'what it may do, with commas, such as messages:write; * is all',
    },
    network: {
      type: 'string',
      multiple: true,
      meaning: 'where it may be used from, such as 203.0.113.0/24; may be repeated',
    },
    ...EXPIRES,
    test: { type: 'boolean', meaning: 'a key cb_test_…: what is sent with it goes to the sandbox' },
    ...JSON_ANSWER,
  },
  examples: ['keys create riverside --name Checkout --scopes messages:write,messages:read'],
  async run({ tenant, name, scopes, network: networks, expires: expiresAt, test, json }, context) {
    const api = await connect(context);
    const terms = { name, scopes: scopes.split(','), networks, expiresAt, ...(test && { mode: 'test' }) };
    return issue(context, api, await keysOf(api, tenant), terms, json);
  },
});

const ROTATE = command({
  name: 'keys rotate',
  summary: 'issues the key that follows one, and prints it this once',
  details:
    'It may do the same, from the same networks. The old one works a while longer, so that the service that uses it can be given the new one without a gap.',
  arguments: ONE,
  options: {
    overlap: { type: 'string', value: 'hours', meaning: 'how long the old one works beside it; 24 by default' },
    revoke: { type: 'boolean', meaning: 'revoke the old one at once, as when it has leaked' },
    ...EXPIRES,
    ...TEST,
    ...JSON_ANSWER,
  },
  examples: ['keys rotate riverside $KEY_ID --overlap 72', 'keys rotate riverside $LEAKED_KEY_ID --revoke'],
  async run({ tenant, key: id, overlap, revoke, expires: expiresAt, test, json }, context) {
    if (revoke && overlap !== undefined) throw new UsageError('--revoke leaves no --overlap.');
    const api = await connectIn(context, test);
    const path = `${await keysOf(api, tenant)}/${encodeURIComponent(id)}`;
    const overlapHours = overlap === undefined ? undefined : countOf('overlap', overlap, 0);
    const code = await issue(context, api, `${path}/rotate`, { overlapHours, expiresAt }, json);
    if (revoke) await api.delete(path);
    return code;
  },
});

const REVOKE = command({
  name: 'keys revoke',
  summary: 'ends an API key for good, within seconds',
  arguments: ONE,
  options: { ...TEST, ...JSON_ANSWER },
  examples: ['keys revoke riverside $KEY_ID'],
  async run({ tenant, key: id, test, json }, context) {
    const api = await connectIn(context, test);
    const answer = await api.delete(`${await keysOf(api, tenant)}/${encodeURIComponent(id)}`);
    return printDone(context, answer, json, `The key ${id} is revoked.`);
  },
});

async function connectIn(context: CliContext, isTest: boolean): Promise<ApiClient> {
  const api = await connect(context);
  return isTest ? api.inTestMode() : api;
}

const keysOf = async (api: ApiClient, tenant: string): Promise<string> =>
  `/api/tenants/${await api.tenantId(tenant)}/api-keys`;

async function issue(context: CliContext, api: ApiClient, path: string, input: object, json: boolean): Promise<number> {
  const issued = await api.post<Issued>(path, input);
  const code = printOne(context, issued, json, ({ id, name, scopes, expiresAt, key }) => ({
    id,
    name,
    scopes: scopes.join(','),
    expires: expiresAt,
    key,
  }));
  context.complain('The key is shown only now: keep it where the service finds it.');
  return code;
}

export const KEYS: readonly CliCommand[] = [LIST, CREATE, ROTATE, REVOKE];
