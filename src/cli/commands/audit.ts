/** `audit`: who changed what, kept elsewhere and verified. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import {
  AuditChains,
  NoAuditExport,
  sqlStateOf,
  verifyExport,
  type ChainHead,
  type Finding,
  type Verified,
} from '../../kernel/index.js';
import { printDone, printRows, type Column } from '../answers.js';
import { command, UsageError, type CliCommand } from '../command-line.js';
import { connectFor, TENANT } from '../connection.js';
import { CommandFailed, type CliContext } from '../context.js';
import { requireMigrated, withDatabase } from '../database.js';
import { cannotRead } from '../files.js';

const INSUFFICIENT_PRIVILEGE = '42501';
const REFUSED_BY_FUNCTION = 'P0001';

const COLUMNS: readonly Column<Finding>[] = [
  { title: 'CHAIN', of: ({ tenantId }) => tenantId ?? 'platform' },
  { title: 'FAULT', of: ({ fault }) => fault },
  { title: 'FROM', of: ({ seq }) => seq },
  { title: 'THROUGH', of: ({ seq, throughSeq }) => throughSeq ?? seq },
  { title: 'RECORD', of: ({ id }) => id },
];

const EXPORT = command({
  name: 'audit export',
  summary: 'prints the audit log, oldest first',
  details: 'JSON Lines can be verified without the database: `audit verify --file`.',
  options: {
    tenant: { ...TENANT.tenant, meaning: 'id or slug of a tenant; all of them by default' },
    format: { type: 'string', oneOf: ['jsonl', 'csv'], meaning: 'jsonl or csv; jsonl by default' },
    since: { type: 'string', value: 'time', meaning: 'recorded at or after, such as 2026-11-01T00:00:00Z' },
    until: { type: 'string', value: 'time', meaning: 'recorded before' },
    actor: { type: 'string', meaning: 'admin, or key: and the id of an API key' },
    action: { type: 'string', meaning: 'such as sender.update' },
  },
  examples: ['audit export --tenant riverside', 'audit export --format csv --action api_key.issue'],
  async run({ tenant, ...filter }, context) {
    const api = await connectFor(context, tenant);
    for await (const line of createInterface(await api.stream('/api/audit/export', filter))) context.say(line);
    return 0;
  },
});

const ANCHOR = command({
  name: 'audit anchor',
  summary: 'prints where the chains of the audit log end',
  details:
    'Keep it where nobody who may write to the database may: `audit verify --anchor` tells what was altered or cut off before.',
  options: { tenant: { ...TENANT.tenant, meaning: 'id or slug of a tenant; all of them by default' } },
  examples: ['audit anchor'],
  async run({ tenant }, context) {
    const api = await connectFor(context, tenant);
    const { items: heads } = await api.list<ChainHead>('/api/audit/heads', {}, Infinity);
    context.say(JSON.stringify({ heads }, null, 2));
    return 0;
  },
});

const VERIFY = command({
  name: 'audit verify',
  summary: 'verifies that the audit log is what it was',
  details: `Reads the database at DATABASE_URL, and needs no service; with --file it reads an export and needs no database. The exit code is 1 if something is wrong: \
\`altered\`, \`deleted\`, \`disordered\` or \`relinked\` records, an end that was \`cut\` off, \`unchained\` records that no chain holds, and a beginning that is missing \
and was \`not_retired\`.

Whoever may do everything with the database could write a whole chain anew: an anchor, which is kept elsewhere, tells that too.`,
  options: {
    file: { type: 'string', value: 'path', meaning: 'an export in JSON Lines' },
    part: { type: 'boolean', meaning: 'the export is filtered: what is missing from it says nothing' },
    anchor: { type: 'string', value: 'path', meaning: 'what `audit anchor` printed once' },
    json: { type: 'boolean', meaning: 'the result as JSON' },
  },
  examples: ['audit verify', 'audit verify --anchor $ANCHOR', 'audit verify --file $AUDIT_EXPORT'],
  async run({ file, part, anchor, json }, context) {
    if (part && file === undefined) throw new UsageError('--part is about an export: name it with --file.');
    const anchors = anchor === undefined ? [] : await anchorsIn(anchor);
    const verified =
      file === undefined ? await verifyDatabase(context, anchors) : await verifyFile(file, { anchors, isPart: part });
    return print(context, verified, json);
  },
});

const RETIRE = command({
  name: 'audit retire',
  summary: 'deletes the records of all months before one',
  details:
    'DATABASE_URL is that of the owner of the tables; the service’s own role may not. The month began at least a year ago. The log is verified first; then a record in each chain says what was retired, and the rest can be verified.',
  arguments: { month: 'the first month that is kept, such as 2025-11' },
  options: { json: { type: 'boolean', meaning: 'the result as JSON' } },
  examples: ['audit retire 2025-01'],
  async run({ month, json }, context) {
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) throw new UsageError('<month> is a month such as 2025-11.');
    const records = await withDatabase(context, async (opened) => {
      await requireMigrated(opened);
      const chains = new AuditChains(opened.database);
      const { findings } = await chains.verify();
      if (findings.length > 0)
        throw new CommandFailed('The log is not what it was, and nothing is retired: see `audit verify`.');
      return retire(chains, month);
    });
    return printDone(context, { records }, json, `${records} records from before ${month} are retired.`);
  },
});

const verifyDatabase = (context: CliContext, anchors: readonly ChainHead[]): Promise<Verified> =>
  withDatabase(context, async (opened) => {
    await requireMigrated(opened);
    return new AuditChains(opened.database).verify(anchors);
  });

async function verifyFile(path: string, options: Parameters<typeof verifyExport>[1]): Promise<Verified> {
  try {
    return await verifyExport(createReadStream(path), options);
  } catch (error) {
    if (error instanceof NoAuditExport) throw new CommandFailed(`${path}: ${error.message}.`, { cause: error });
    throw cannotRead(path, error);
  }
}

function print(context: CliContext, { chains, records, findings }: Verified, json: boolean): number {
  if (json) context.say(JSON.stringify({ ok: findings.length === 0, chains, records, findings }, null, 2));
  else if (findings.length > 0) printRows(context, findings, COLUMNS);
  const amount = `${counted(records, 'record')} in ${counted(chains, 'chain')}`;
  if (!json && findings.length === 0) context.say(`${amount} are what they were.`);
  if (findings.length > 0) context.complain(`Of ${amount}, ${findings.length} places are not what they were.`);
  return findings.length === 0 ? 0 : 1;
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

async function anchorsIn(path: string): Promise<ChainHead[]> {
  try {
    const { heads } = JSON.parse(await readFile(path, 'utf8')) as { readonly heads: unknown };
    if (Array.isArray(heads) && heads.every(isHead)) return heads;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw cannotRead(path, error);
  }
  throw new CommandFailed(`${path} is nothing that \`audit anchor\` printed.`);
}

const isHead = (value: unknown): value is ChainHead => {
  const { tenantId, seq, hash } = (value ?? {}) as Partial<Record<keyof ChainHead, unknown>>;
  return (tenantId === null || typeof tenantId === 'string') && Number.isSafeInteger(seq) && typeof hash === 'string';
};

async function retire(chains: AuditChains, month: string): Promise<number> {
  try {
    return await chains.retire(`${month}-01`);
  } catch (error) {
    const state = sqlStateOf(error);
    if (state === INSUFFICIENT_PRIVILEGE)
      throw new CommandFailed('Only the owner of the tables may retire records: set DATABASE_URL to that role’s.');
    if (state === REFUSED_BY_FUNCTION)
      throw new CommandFailed('The month has to have begun at least twelve months ago.', { cause: error });
    throw error;
  }
}

export const AUDIT: readonly CliCommand[] = [EXPORT, ANCHOR, VERIFY, RETIRE];
