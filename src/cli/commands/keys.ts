/** `keys`: the API keys of a tenant. */
import { JSON_ANSWER, LISTED, printDone, printList, printOne, type Column } from '../answers.js';
import type { ApiClient, Page } from '../api-client.js';
import { command, type CliCommand } from '../command-line.js';
import { connect } from '../connection.js';
import { CommandFailed, type CliContext } from '../context.js';

interface Key {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdBy: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

interface Issued extends Pick<Key, 'id' | 'name' | 'scopes' | 'createdAt'> {
  readonly key: string;
}

const COLUMNS: readonly Column<Key>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'NAME', isText: true, of: ({ name }) => name },
  { title: 'SCOPES', isText: true, of: ({ scopes }) => scopes.join(',') },
  { title: 'CREATED', of: ({ createdAt }) => createdAt },
  { title: 'REVOKED', of: ({ revokedAt }) => revokedAt },
];

const OF_TENANT = { tenant: 'id or slug of the tenant' } as const;
const ONE = { ...OF_TENANT, key: 'id of the key, as `keys list` shows it' } as const;

const LIST = command({
  name: 'keys list',
  summary: 'lists a tenant’s API keys, oldest first, without their secrets',
  arguments: OF_TENANT,
  options: LISTED,
  examples: ['keys list riverside'],
  async run({ tenant, ...listed }, context) {
    const api = await connect(context);
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
    ...JSON_ANSWER,
  },
  examples: ['keys create riverside --name Checkout --scopes messages:write,messages:read'],
  async run({ tenant, name, scopes, json }, context) {
    const api = await connect(context);
    return issue(context, api, await keysOf(api, tenant), { name, scopes: scopes.split(',') }, json);
  },
});

const ROTATE = command({
  name: 'keys rotate',
  summary: 'issues another key of the same name and scopes, and prints it this once',
  details:
    'The old one goes on working, so that the service that uses it can be given the new one without a gap: then `keys revoke` it, or do both at once with --revoke.',
  arguments: ONE,
  options: {
    revoke: { type: 'boolean', meaning: 'revoke the old one at once, as when it has leaked' },
    ...JSON_ANSWER,
  },
  examples: ['keys rotate riverside $KEY_ID', 'keys rotate riverside $LEAKED_KEY_ID --revoke'],
  async run({ tenant, key: id, revoke, json }, context) {
    const api = await connect(context);
    const path = await keysOf(api, tenant);
    const { items }: Page<Key> = await api.list(path, {}, Infinity);
    const old = items.find((one) => one.id === id);
    if (!old) throw new CommandFailed('The tenant has no key with this id: `keys list` shows them.');
    if (old.revokedAt !== null) throw new CommandFailed('The key is revoked: `keys create` makes another.');
    const code = await issue(context, api, path, { name: old.name, scopes: old.scopes }, json);
    if (revoke) await api.delete(`${path}/${id}`);
    return code;
  },
});

const REVOKE = command({
  name: 'keys revoke',
  summary: 'ends an API key for good, within seconds',
  arguments: ONE,
  options: JSON_ANSWER,
  examples: ['keys revoke riverside $KEY_ID'],
  async run({ tenant, key: id, json }, context) {
    const api = await connect(context);
    const answer = await api.delete(`${await keysOf(api, tenant)}/${encodeURIComponent(id)}`);
    return printDone(context, answer, json, `The key ${id} is revoked.`);
  },
});

const keysOf = async (api: ApiClient, tenant: string): Promise<string> =>
  `/api/tenants/${await api.tenantId(tenant)}/api-keys`;

async function issue(
  context: CliContext,
  api: ApiClient,
  path: string,
  input: Pick<Key, 'name' | 'scopes'>,
  json: boolean,
): Promise<number> {
  const issued = await api.post<Issued>(path, input);
  const code = printOne(context, issued, json, ({ id, name, scopes, key }) => ({
    id,
    name,
    scopes: scopes.join(','),
    key,
  }));
  context.complain('The key is shown only now: keep it where the service finds it.');
  return code;
}

export const KEYS: readonly CliCommand[] = [LIST, CREATE, ROTATE, REVOKE];
