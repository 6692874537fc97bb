/** What operators see and do of the inbox and the ledger's months, by the API and the command line. */
import { randomUUID } from 'node:crypto';
import { callboard, environmentOf, type Said } from '../support/cli.js';
import { email, send, whenStatus } from '../support/messages.js';
import { openTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../../harness/until.js';

let app: TestApp;
/** It takes webhooks and applies none. */
let api: TestApp;
beforeAll(async () => {
  app = await openTestApp();
  api = await openTestApp({ role: 'api' });
});
afterAll(async () => {
  await app.close();
  await api.close();
});

const run = (on: TestApp, ...args: readonly string[]): Promise<Said> => callboard(environmentOf(on), ...args);

async function post(on: TestApp, provider: string, ...args: readonly string[]): Promise<void> {
  const said = await run(on, 'webhook', 'send', '--provider', provider, ...args);
  expect(said).toMatchObject({ code: 0, err: '' });
}

describe('The inbox', () => {
  test('lists reports that are not applied yet, of one provider too, page by page, and no address', async () => {
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of ids) {
      await post(api, 'twilio', '--event', 'undelivered', '--message', id, '--code', '30005', '--to', '+491713920001');
    }
    await post(api, 'plivo', '--event', 'sent', '--message', ids[0] ?? '');
    const { out, code } = await run(api, 'inbox', 'list', '--provider', 'twilio');
    const [heading, ...rows] = out.split('\n');
    expect([code, heading]).toEqual([
      0,
      expect.stringMatching(/^RECEIVED +PROVIDER +KIND +WHAT +CODE +MESSAGE +LOOKED FOR AGAIN$/),
    ]);
    expect(rows.map((row) => row.split(/ {2,}/).slice(1))).toEqual(
      ids.map((id) => ['twilio', 'status', 'undelivered', '30005', id, '-']),
    );
    const { body } = await api.admin().get('/api/inbox').expect(200);
    const { items } = body as { items: { provider: string }[] };
    expect(items.map(({ provider }) => provider)).toEqual(['twilio', 'twilio', 'twilio', 'plivo']);
    expect(JSON.stringify(body)).not.toContain('3920001');
    const pages = await run(api, 'inbox', 'list', '--all', '--json');
    expect(JSON.parse(pages.out)).toEqual({ items, nextCursor: null });
    const paged = await api.admin().get('/api/inbox?limit=3').expect(200);
    const { nextCursor } = paged.body as { nextCursor: string };
    const rest = await api.admin().get(`/api/inbox?cursor=${nextCursor}`).expect(200);
    expect(rest.body).toEqual({ items: items.slice(3), nextCursor: null });
  });

  test('tells those whose message was not found and is looked for again', async () => {
    const sid = `SM${randomUUID().replaceAll('-', '')}`;
    await post(app, 'twilio', '--event', 'delivered', '--provider-message', sid, '--to', '+491713920001');
    await until(async () => / delivered +- +- +\d{4}-/.test((await run(app, 'inbox', 'list')).out));
  });

  test('is for the admin key alone', async () => {
    const tenant = await app.tenant();
    await app.as(tenant).get('/api/inbox').expect(403);
    await app.as(tenant).get('/api/months').expect(403);
  });

  test('applies reports once more', async () => {
    const tenant = await app.tenant();
    const since = new Date(Date.now() - 60_000).toISOString();
    const id = await send(app, tenant, email());
    await whenStatus(app, tenant, id, 'delivered');
    const said = await run(app, 'inbox', 'replay', '--since', since, '--message', id);
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(said.out).toMatch(/^Applied once more: [1-9]\d*\.$/);
    const { code, err } = await run(app, 'inbox', 'replay', '--since', 'yesterday');
    expect([code, err]).toEqual([1, expect.stringContaining('since must be an ISO 8601 time')]);
    expect(await run(app, 'inbox', 'replay')).toMatchObject({ code: 2, out: '' });
  });
});

describe('The months of the ledger', () => {
  test('are listed with their size, and made ahead where no worker runs', async () => {
    const months = async (): Promise<string[]> => {
      const { out } = await run(api, 'months', 'list', '--json');
      return (JSON.parse(out) as { month: string; isComplete: boolean }[]).flatMap(({ month, isComplete }) =>
        isComplete ? [month] : [],
      );
    };
    const before = await months();
    const { code, out } = await run(api, 'months', 'ensure', '--ahead', '6');
    expect([code, out]).toEqual([0, expect.stringMatching(/^MONTH +COMPLETE +MESSAGES +MB$/m)]);
    const after = await months();
    expect(after.length).toBe(before.length + 3);
    expect(after.slice(0, before.length)).toEqual(before);
    for (const month of after) expect(out).toMatch(new RegExp(`^${month} +yes `, 'm'));
    expect((await run(api, 'months', 'ensure', '--ahead', '13')).err).toContain('ahead must not be greater than 12');
  });

  test('of which one lacks a partition says so', async () => {
    const [last] = await api.database.query<{ name: string }>(
      `select relname as name from pg_class where relname ~ '^message_event_\\d{4}_\\d\\d$' order by relname desc limit 1`,
    );
    await api.database.query(`drop table ${last?.name}`);
    const month = String(last?.name).slice(-7).replace('_', '-');
    expect((await run(api, 'months', 'list')).out).toMatch(new RegExp(`^${month} +no `, 'm'));
  });
});
