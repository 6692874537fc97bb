/** The examples of docs/cli.md and of the help: each is run as it stands beside a service, the first of each group by the built program. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { COMMANDS } from '../../src/cli/commands.js';
import { PROGRAM } from '../../src/cli/help.js';
import { audience, draft, template } from '../campaigns/campaign.support.js';
import { callboard, environmentOf, type Environment } from '../support/cli.js';
import { newRole } from '../support/database-roles.js';
import { email, send, whenStatus } from '../support/messages.js';
import { faults } from '../support/sandbox.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

const ROOT = join(import.meta.dirname, '..', '..');
const documented = readFileSync(join(ROOT, 'docs', 'cli.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith(`${PROGRAM} `));
const examples = COMMANDS.flatMap((command) => command.examples.map((example) => `${PROGRAM} ${example}`));

let app: TestApp;
let environment: Environment;
beforeAll(async () => {
  app = await openTestApp();
  const riverside = await app.tenant({ name: 'Riverside Festivals', slug: 'riverside', country: 'DE' });
  await app.database.query(`update tenant set created_at = '2026-01-10' where id = $1`, [riverside.id]);
  await app.admin(riverside.id).post('/api/statements/2026-01/close').expect(200);
  const message = await send(app, riverside, email());
  await whenStatus(app, riverside, message, 'delivered');
  await faults(app, { calls: [{ provider: 'ses', nth: { badGateway: 1 } }] });
  const doubt = await send(app, riverside, email());
  await whenStatus(app, riverside, doubt, 'unknown');
  await faults(app, {});
  const key = async (): Promise<string> => {
    const path = `/api/tenants/${riverside.id}/api-keys`;
    const { body } = await app
      .admin()
      .post(path)
      .send({ name: 'Checkout', scopes: ['*'] })
      .expect(201);
    return (body as { id: string }).id;
  };
  const role = async (name: string): Promise<string> => {
    const own = `${name}_${new URL(app.config.databaseUrl).pathname.slice(1)}`;
    await newRole(app.config.databaseUrl, own);
    return own;
  };
  const lanes = await app.admin().get('/api/lanes').expect(200);
  const templateKey = await template(app, riverside, 'email');
  const audienceId = await audience(app, riverside, 60);
  const campaign = await draft(app, riverside, { templateKey, audienceId, messagesPerMinute: 60 });
  const endpoint = await app
    .as(riverside)
    .post('/api/webhook-endpoints')
    .send({ url: `${app.url}/hook`, events: ['message.read'] })
    .expect(201);
  const [alert] = await app.database.query<{ id: string }>(
    `insert into alert (rule, labels, state, value, since, fired_at, evaluated_at)
     values ('usage-sums', '{}', 'firing', 2, now(), now(), now()) returning id`,
  );
  const folder = await mkdtemp(join(tmpdir(), 'cli-'));
  const kept = async (name: string, ...command: readonly string[]): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, (await callboard(environmentOf(app), ...command)).out);
    return path;
  };
  const proof = await app
    .as(riverside)
    .get(`/api/consent/${riverside.defaultVenueId}/+4915112345678/proof`)
    .expect(200);
  const signingKey = await app.as(riverside).get('/api/signing-key').expect(200);
  const [proofFile, keyFile] = [join(folder, 'proof.json'), join(folder, 'key.pem')];
  await writeFile(proofFile, proof.text);
  await writeFile(keyFile, (signingKey.body as { publicKey: string }).publicKey);
  environment = {
    ...environmentOf(app),
    PROOF: proofFile,
    SIGNING_KEY: keyFile,
    ANCHOR: await kept('anchor.json', 'audit', 'anchor'),
    AUDIT_EXPORT: await kept('audit.jsonl', 'audit', 'export'),
    NODE: process.execPath,
    ALERT: alert?.id ?? '',
    ENDPOINT: (endpoint.body as { id: string }).id,
    MESSAGE: message,
    DOUBT: doubt,
    KEY_ID: await key(),
    LEAKED_KEY_ID: await key(),
    LANE: String((lanes.body as { items: { id: string }[] }).items[0]?.id),
    CAMPAIGN: campaign.id,
    MONTH: new Date().toISOString().slice(0, 7),
    LAST_MONTH: '2026-01',
    TENANT: riverside.id,
    SERVICE_ROLE: await role('service'),
    READER_ROLE: await role('reader'),
    SINCE: new Date(Date.now() - 60_000).toISOString(),
  };
});
afterAll(() => app.close());

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What bash makes of a line, where `npm` is a function of this body. */
async function bash(npm: string, line: string): Promise<Ran> {
  const script = `npm() { [ "$1 $2 $3" = "run callboard --" ] && ${npm}; }\n${line}`;
  const shell = spawn('bash', ['-uc', script], { env: environment, cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')]);
  return { code: code as number | null, out, err };
}

function expectSuccess(line: string, { code, out, err }: Ran): void {
  expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining('Error') as string });
  if (line.includes('--json')) expect(() => JSON.parse(out) as unknown).not.toThrow();
}

test('docs/cli.md has an example of each command', () => {
  const without = COMMANDS.filter(
    ({ name }) => !documented.some((line) => `${line} `.startsWith(`${PROGRAM} ${name} `)),
  );
  expect(without.map(({ name }) => name)).toEqual([]);
});

/** Each start of the program takes a second of a processor: most are run in this process, by the words that bash makes of them. */
async function inProcess(line: string): Promise<void> {
  const { out } = await bash(`printf '%s\\n' "\${@:4}"`, line);
  expectSuccess(line, await callboard(environment, ...out.trimEnd().split('\n')));
}

const groupOf = (line: string): string | undefined => line.slice(PROGRAM.length).trim().split(' ')[0];
const isFirst = (line: string, place: number): boolean =>
  documented.findIndex((one) => groupOf(one) === groupOf(line)) === place;

test.each(documented.map((line, place) => [line, place] as const))(
  'docs/cli.md is right that this works: %s',
  async (line, place) => {
    if (!isFirst(line, place)) return inProcess(line);
    expectSuccess(line, await bash('"$NODE" dist/bundle/main.cli.js "${@:4}"', line));
  },
);

test.each(examples.filter((line) => !documented.includes(line)))('The help is right that this works: %s', inProcess);
