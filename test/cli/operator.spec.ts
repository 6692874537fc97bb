/** What operators ask and decide from the command line, over the public API of a service. */
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { freePort, listenOnLoopback } from '../../harness/ports.js';
import { audience, draft, template } from '../campaigns/campaign.support.js';
import { callboard, callboardOnTerminal, environmentOf, type Environment, type Said } from '../support/cli.js';
import { email, read, send, text, whenStatus } from '../support/messages.js';
import { newMailbox } from '../support/people.js';
import { holdSchedule } from '../support/past.js';
import { faults } from '../support/sandbox.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';

let app: TestApp;
let tenant: Tenant;
/** The operator’s: where the service is, and the admin key. */
let operator: Environment;
let slug: string;
beforeAll(async () => {
  app = await openTestApp();
  slug = `harbour-${Date.now()}`;
  tenant = await app.tenant({ name: 'Harbour Stage', slug });
  operator = { CALLBOARD_URL: app.url, CALLBOARD_KEY: app.config.adminKey };
});
afterAll(() => app.close());

const run = (...args: readonly string[]): Promise<Said> => callboard(operator, ...args);

/** What a command prints with `--json`. */
async function answer<Answer>(...args: readonly string[]): Promise<Answer> {
  const { code, out } = await run(...args, '--json');
  expect({ args, code }).toEqual({ args, code: 0 });
  return JSON.parse(out) as Answer;
}

/** The API’s own answer. */
const asked = async (path: string, tenantId?: string): Promise<unknown> =>
  (await app.admin(tenantId).get(path).expect(200)).body as unknown;

describe('Tenants', () => {
  test('are listed, and are shown by id or slug', async () => {
    const { code, out, err } = await run('tenants', 'list');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^ID +SLUG +NAME +TIMEZONE +CURRENCY +SINCE$/m);
    expect(out).toMatch(new RegExp(`^${tenant.id}  ${slug} +Harbour Stage`, 'm'));
    expect(await answer('tenants', 'list')).toEqual(await asked('/api/tenants'));
    expect(await answer('tenants', 'show', slug)).toEqual(await asked(`/api/tenants/${tenant.id}`));
    expect((await run('tenants', 'show', tenant.id)).out).toContain(`slug            ${slug}`);
  });

  test('are taken in, and a slug that is taken is refused in the words of the API', async () => {
    const made = await answer<Tenant>(
      'tenants',
      'create',
      '--name',
      'Old Mill',
      '--slug',
      'old-mill',
      '--country',
      'DE',
    );
    expect(await asked(`/api/tenants/${made.id}`)).toMatchObject({ name: 'Old Mill', country: 'DE', currency: 'USD' });
    const again = await run('tenants', 'create', '--name', 'Old Mill', '--slug', 'old-mill');
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toMatch(/^Slug taken: .*\n\(409 slug_taken, request [\w-]+\)$/);
  });

  test('have settings, which are shown and changed field by field', async () => {
    const { id } = await app.tenant();
    const { out } = await run('tenants', 'settings', id);
    expect(out).toMatch(/^smsEnabled +true$/m);
    const changes = [
      '--set',
      'whatsappEnabled=false',
      '--set',
      'requireOptIn.sms=true',
      '--set',
      'giveUpDoubts=["marketing"]',
    ];
    const { settings } = await answer<{ settings: object }>('tenants', 'settings', id, ...changes);
    expect(settings).toMatchObject({
      whatsappEnabled: false,
      requireOptIn: { sms: true },
      giveUpDoubts: ['marketing'],
    });
    const misspelt = await run('tenants', 'settings', id, '--set', 'smsEnabeld=true');
    expect(misspelt).toMatchObject({ code: 1, out: '' });
    expect(misspelt.err).toContain('smsEnabled');
    expect(await run('tenants', 'settings', id, '--set', 'smsEnabled')).toMatchObject({ code: 2, out: '' });
  });
});

describe('API keys', () => {
  const mayRead = async (key: string): Promise<number> =>
    (await app.http.get('/api/messages').set('authorization', `Bearer ${key}`)).status;

  test('are issued and printed once, listed without their secrets, and revoked', async () => {
    const { code, out, err } = await run('keys', 'create', slug, '--name', 'Checkout', '--scopes', 'messages:read');
    const [, key = ''] = /^key +(cb_\S+)$/m.exec(out) ?? [];
    const [, id = ''] = /^id +(\S+)$/m.exec(out) ?? [];
    expect({ code, status: await mayRead(key) }).toEqual({ code: 0, status: 200 });
    expect(err).toContain('shown only now');
    const listed = await run('keys', 'list', slug);
    expect(listed.out).toContain(`${id}  Checkout  messages:read`);
    expect(listed.out).not.toContain(key);
    expect(await run('keys', 'revoke', slug, id)).toEqual({ code: 0, out: `The key ${id} is revoked.`, err: '' });
    expect(await mayRead(key)).toBe(401);
  });

  test('are rotated without a gap, or at once where one has leaked', async () => {
    const old = await answer<{ id: string; key: string }>('keys', 'create', slug, '--name', 'Till', '--scopes', '*');
    const next = await answer<{ id: string; key: string; name: string }>(
      'keys',
      'rotate',
      slug,
      old.id,
      '--overlap',
      '2',
    );
    expect({ name: next.name, both: [await mayRead(old.key), await mayRead(next.key)] }).toEqual({
      name: 'Till',
      both: [200, 200],
    });
    const last = await answer<{ id: string; key: string }>('keys', 'rotate', slug, next.id, '--revoke');
    expect([await mayRead(next.key), await mayRead(last.key)]).toEqual([401, 200]);
    expect((await run('keys', 'rotate', slug, next.id)).err).toContain('api_key_ended');
    expect((await run('keys', 'rotate', slug, randomUUID())).err).toContain('api_key_not_found');
  });
});

describe('Messages', () => {
  test('are found by their recipient and shown with their timeline, without the address unless it is asked for', async () => {
    const to = newMailbox();
    const id = await send(app, tenant, email({ to }));
    await whenStatus(app, tenant, id, 'delivered');
    const list = ['messages', 'list', '--tenant', slug, '--to', to];
    const found = await run(...list);
    expect(found.out.split('\n')).toHaveLength(2);
    expect(found.out).toContain(`${id}  delivered`);
    expect(found.out).not.toContain(to);
    expect((await run(...list, '--addresses')).out).toContain(to);
    const shown = await run('messages', 'show', id, '--tenant', slug);
    expect(shown.out).toMatch(/^AT +KIND +SOURCE +REASON +CODE +OCCURRED$/m);
    expect(shown.out).toMatch(/ queued +api /);
    expect(shown.out).not.toContain(to);
    expect((await run('messages', 'show', id, '--tenant', slug, '--addresses')).out).toContain(to);
    expect(await answer('messages', 'show', id, '--tenant', slug)).toEqual(
      await asked(`/api/messages/${id}`, tenant.id),
    );
  });

  test('are listed up to a limit, and all of them on demand', async () => {
    const other = await app.tenant();
    for (let count = 0; count < 3; count += 1) await send(app, other, email({ to: newMailbox() }));
    const list = ['messages', 'list', '--tenant', other.id];
    const some = await run(...list, '--limit', '2');
    expect([some.out.split('\n').length, some.err]).toEqual([
      3,
      'There are more: --limit shows more of them, --all all.',
    ]);
    const page = await answer<{ items: unknown[]; nextCursor: string | null }>(...list, '--all');
    expect([page.items.length, page.nextCursor]).toEqual([3, null]);
    expect(await run(...list, '--limit', 'many')).toMatchObject({ code: 2, out: '' });
    const none = await run(...list, '--status', 'unknown');
    expect(none).toEqual({ code: 0, out: '', err: 'There are none.' });
  });
});

describe('Campaigns', () => {
  test('are listed, shown and steered', async () => {
    const templateKey = await template(app, tenant, 'email');
    const audienceId = await audience(app, tenant, 60);
    const { id } = await draft(app, tenant, { templateKey, audienceId, messagesPerMinute: 60 });
    const of = (verb: string): Promise<Said> => run('campaign', verb, id, '--tenant', slug);
    expect((await of('launch')).out).toMatch(/^status +(SCHEDULED|SENDING)$/m);
    await until(async () => /^messages +60$/m.test((await of('show')).out));
    expect((await of('pause')).out).toMatch(/^status +PAUSED$/m);
    expect((await run('campaign', 'list', '--tenant', slug, '--status', 'PAUSED')).out).toContain(id);
    expect((await of('resume')).out).toMatch(/^status +SENDING$/m);
    expect((await of('cancel')).out).toMatch(/^status +CANCELLED$/m);
    const again = await of('launch');
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toContain('(409 ');
    await until(async () => /^remaining +0$/m.test((await of('show')).out)); // what waits is ended after the answer
    const shown = await answer<object>('campaign', 'show', id, '--tenant', slug);
    expect(shown).toMatchObject({ id, audienceId, status: 'CANCELLED', progress: { messages: 60, remaining: 0 } });
    expect(await run('campaign', 'list', '--status', 'SENDNG')).toMatchObject({ code: 2, out: '' });
  });
});

describe('On a terminal', () => {
  test('a table is cut to its width, its headings are dim, and a name cannot command it', async () => {
    const name = `${'Very '.repeat(10)}long \u001b[2J\u202e name`;
    const { id } = await app.tenant({ name });
    const { code, out } = await callboardOnTerminal(operator, 120, 'tenants', 'list', '--all');
    expect(code).toBe(0);
    const [heading = '', ...rows] = out.split('\n');
    expect(heading.startsWith('\u001b[2mID ')).toBe(true);
    const row = rows.find((line) => line.startsWith(id));
    expect(row).toMatch(/^\S+ {2}\S+ +Very [^\p{C}]*… {2}/u);
    expect(rows.filter((line) => line.length > 120)).toEqual([]);
    expect((await run('tenants', 'list', '--all')).out).toContain(`${'Very '.repeat(10)}long  [2J  name`);
  });
});

describe('Messages in doubt', () => {
  test('are listed, on the desk too, and settled one by one or together', async () => {
    await faults(app, { calls: [{ provider: 'ses', nth: { badGateway: 1 } }] });
    const doubtful = await app.tenant();
    const ids = [
      await send(app, doubtful, email()),
      await send(app, doubtful, email()),
      await send(app, doubtful, email()),
    ];
    for (const id of ids) await whenStatus(app, doubtful, id, 'unknown');
    await faults(app, {});
    const [first = '', ...rest] = ids;
    const { out } = await run('doubts', 'list');
    for (const id of ids) expect(out).toContain(id);
    expect((await run('desk')).out).toMatch(/In doubt .*\n.*\nno_answer +email +ses +\d/);
    expect(await answer('desk', '--tenant', doubtful.id)).toEqual(await asked('/api/desk', doubtful.id));
    const settled = await run('doubts', 'settle', first, '--decision', 'sent', '--tenant', doubtful.id);
    expect(settled).toMatchObject({ code: 0, out: `id      ${first}\nstatus  sent` });
    const filter = ['--decision', 'fail', '--provider', 'ses', '--reason', 'no_answer', '--tenant', doubtful.id];
    expect(await run('doubts', 'settle-many', ...filter)).toEqual({ code: 0, out: 'Settled: 2.', err: '' });
    for (const id of rest) expect((await read(app, doubtful, id)).status).toBe('failed');
    expect(await run('doubts', 'settle', first, '--decision', 'maybe')).toMatchObject({ code: 2, out: '' });
  });
});

describe('Lanes', () => {
  test('that rest are listed with the reason, and woken', async () => {
    const { venueId, number } = await venueWith(app, tenant, 'sms');
    await whenStatus(app, tenant, await send(app, tenant, text({ venueId })), 'delivered');
    await app.database.query(
      `update lane set rest_until = now() + interval '1 hour', rests = 3, rest_reason = 'account', rest_code = '30002'
       where sender_address = $1`,
      [number],
    );
    const id = await send(app, tenant, text({ venueId }));
    const { out } = await run('lanes', 'list', '--resting');
    expect(out).toMatch(/ account +30002$/m);
    const [, lane = ''] = /^(\S+) +twilio +sms/m.exec(out) ?? [];
    expect(await run('lanes', 'wake', lane)).toEqual({
      code: 0,
      out: `The lane ${lane} tries again at once.`,
      err: '',
    });
    await whenStatus(app, tenant, id, 'delivered');
    const all = await run('lanes', 'list');
    expect(all.out).not.toContain(number);
    expect((await run('lanes', 'list', '--addresses')).out).toContain(number);
    expect(await answer('lanes', 'list')).toEqual(await asked('/api/lanes'));
  });
});

describe('Usage and statements', () => {
  test('are shown for a month; sums are rebuilt and a month is closed', async () => {
    await holdSchedule(app, 'statements');
    const billed = await app.tenant();
    await app.database.query(`update tenant set created_at = '2026-01-10' where id = $1`, [billed.id]);
    const [now] = await app.database.query<{ month: string }>(
      `select to_char(now() at time zone 'UTC', 'YYYY-MM') as month`,
    );
    const month = String(now?.month);
    const close = ['statements', 'close', '2026-01', '--tenant', billed.id];
    expect((await run(...close)).out).toMatch(/^total +nothing was charged$[^]*^closed before +no$/m);
    expect((await run(...close)).out).toMatch(/^closed before +yes$/m);
    expect((await run('statements', 'list', '--tenant', billed.id)).out).toMatch(/^2026-01 +- +0 .*admin$/m);
    expect(await run('statements', 'close', month, '--tenant', billed.id)).toMatchObject({ code: 1, out: '' });

    await send(app, billed, email());
    await until(async () => (await run('usage', 'show', '--tenant', billed.id)).out.includes('email'));
    const shown = await run('usage', 'show', '--tenant', billed.id);
    expect(shown.out).toMatch(/^all +- +- +1 +1 /m);
    expect(shown.err).toMatch(new RegExp(`^${month} in UTC, as of `));
    await app.database.query(`update usage_rollup set messages = messages + 5 where tenant_id = $1`, [billed.id]);
    const rebuilt = await answer<{ corrected: { usage: number } }>(
      'usage',
      'rebuild',
      '--month',
      month,
      '--tenant',
      billed.id,
    );
    expect(rebuilt.corrected.usage).toBeGreaterThan(0);
    expect((await run('usage', 'unpriced')).code).toBe(0);
    const next = new RegExp(`^${billed.id} .* 2026-02 +yes `, 'm');
    expect((await run('statements', 'closing', '--all')).out).toMatch(next);
  });
});

describe('Who asks, and where', () => {
  test('beside a service is its own admin key, at its own address', async () => {
    expect(await callboard(environmentOf(app), 'tenants', 'show', slug)).toMatchObject({ code: 0, err: '' });
  });

  test('is not the admin key of this deployment where another is asked', async () => {
    const { code, err } = await callboard({ ...environmentOf(app), CALLBOARD_URL: app.url }, 'tenants', 'list');
    expect({ code, err }).toEqual({
      code: 1,
      err: 'There is no key: set CALLBOARD_KEY to one of the deployment at CALLBOARD_URL.',
    });
  });

  test('may be a tenant’s service, within its scopes', async () => {
    const own = { CALLBOARD_URL: `${app.url}/`, CALLBOARD_KEY: tenant.key };
    expect((await callboard(own, 'messages', 'list')).code).toBe(0);
    const { code, err } = await callboard(own, 'tenants', 'list');
    expect(code).toBe(1);
    expect(err).toContain('→ Set CALLBOARD_KEY to the admin key.\n(403 admin_only, request ');
  });

  test('that needs a tenant is told how to name one, and which there is not', async () => {
    expect((await run('messages', 'list')).err).toContain('→ Name the tenant with --tenant.');
    const { code, err } = await run('messages', 'list', '--tenant', 'nobody');
    expect({ code, err }).toEqual({ code: 1, err: 'There is no tenant "nobody": `tenants list` shows them.' });
  });

  test('with --json is told why as the problem itself', async () => {
    const { code, out, err } = await callboard({ ...operator, CALLBOARD_KEY: 'cb_wrong' }, 'desk', '--json');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(JSON.parse(err)).toMatchObject({ status: 401, code: 'unauthorized' });
  });

  test('without an answer is told where none came from, without a password in it', async () => {
    const port = await freePort();
    const CALLBOARD_URL = `http://ana:secret@127.0.0.1:${port}`;
    const { code, err } = await callboard({ ...operator, CALLBOARD_URL }, 'desk');
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining(`No service answers at http://127.0.0.1:${port}.`) as string,
    });
    expect(err).not.toContain('secret');
  });

  test.each([
    [404, {}, '<h1>Not here</h1>'],
    [200, {}, '<h1>Welcome</h1>'],
    [302, { location: 'http://127.0.0.1:1/' }, ''],
  ])('is told that another program answers, with %i, and gives the key to no third', async (status, headers, body) => {
    const other = createServer((_, reply) => void reply.writeHead(status, headers).end(body));
    const port = await listenOnLoopback(other, 0);
    const { code, err } = await callboard({ ...operator, CALLBOARD_URL: `http://127.0.0.1:${port}` }, 'desk');
    other.close();
    expect({ code, err }).toEqual({
      code: 1,
      err: `What answers at http://127.0.0.1:${port} is not Callboard (status ${status}): set CALLBOARD_URL to its address.`,
    });
  });
});
