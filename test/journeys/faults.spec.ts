/** Providers that are slow, full or broken: what was not sent is sent later, what is in doubt is never sent blindly. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import type { MessageWithEvents } from '../../src/dispatch/messages/messages.dto.js';
import { email, read, send, sendAll, text, whenStatus } from '../support/messages.js';
import { faults, timesTaken } from '../support/sandbox.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

const kinds = ({ events }: MessageWithEvents): string[] => events.map(({ kind }) => kind);

describe.each([
  ['twilio', text],
  ['ses', email],
] as const)('When %s', (provider, make) => {
  test('asks to slow down, messages wait and are delivered, each once', async () => {
    await faults(app, { calls: [{ provider, nth: { tooMany: 2 } }] });
    const ids = [await send(app, tenant, make())];
    await whenStatus(app, tenant, ids[0] ?? '', 'delivered'); // on a slow machine all would be one call, and none the second
    for (let each = 1; each < 12; each += 1) ids.push(await send(app, tenant, make()));
    const views: MessageWithEvents[] = [];
    for (const id of ids) views.push(await whenStatus(app, tenant, id, 'delivered'));
    expect(await timesTaken(app, ids)).toEqual(ids.map(() => 1));
    const waited = views.filter(({ attempts }) => attempts > 1);
    expect(waited.length).toBeGreaterThan(0);
    for (const view of waited) {
      const deferrals = Array.from({ length: view.attempts - 1 }, () => 'deferred');
      expect(kinds(view)).toEqual(['queued', ...deferrals, 'sent', 'delivered']);
    }
  });

  test('takes a message and breaks the connection, its own word settles it', async () => {
    await faults(app, {
      calls: [{ provider, nth: { resetAfter: 1 } }],
      callbacks: { delayMs: { min: 400, max: 400 } },
    });
    const id = await send(app, tenant, make());
    const settled = await whenStatus(app, tenant, id, 'delivered');
    expect(settled.events.find(({ kind }) => kind === 'unknown')).toMatchObject({ reason: 'no_answer' });
    expect(settled).toMatchObject({ attempts: 1, reason: null, errorCode: null });
    expect(kinds(settled)).toEqual(['queued', 'unknown', 'sent', 'delivered']);
    expect(await timesTaken(app, [id])).toEqual([1]);
  });

  test.each(['serverError', 'badGateway', 'resetBefore'] as const)(
    'answers with %s, a message in doubt stays in doubt and is not sent again',
    async (fault) => {
      await faults(app, { calls: [{ provider, nth: { [fault]: 1 } }] });
      const id = await send(app, tenant, make());
      expect(await whenStatus(app, tenant, id, 'unknown')).toMatchObject({
        reason: 'no_answer',
        explanation: expect.stringContaining('may have been sent') as string,
      });
      await faults(app, {});
      const next = await send(app, tenant, make());
      await whenStatus(app, tenant, next, 'delivered'); // the lane goes on
      expect(await read(app, tenant, id)).toMatchObject({ status: 'unknown', attempts: 1 });
      expect(await timesTaken(app, [id, next])).toEqual([0, 1]);
      await app
        .as(tenant)
        .post(`/api/messages/${id}/resend`)
        .expect(409)
        .expect(/cannot_resend/);
    },
  );

  test('does all of this at once, and loses callbacks’ order, every message ends and none is sent twice', async () => {
    await faults(app, {
      seed: 11,
      calls: [
        {
          provider,
          latencyMs: { min: 0, max: 40 },
          rates: { tooMany: 0.2, resetAfter: 0.1, resetBefore: 0.05, serverError: 0.05 },
        },
      ],
      callbacks: { duplicate: 0.5, copies: 4, shuffle: true },
    });
    const ids = await sendAll(app, tenant, Array.from({ length: 120 }, make));
    const statuses = await until(async () => {
      const rows = await app.database.query<{ id: string; status: string }>(
        `select id, status from message where id = any($1) order by array_position($1, id)`,
        [ids],
      );
      return rows.every(({ status }) => ['delivered', 'unknown'].includes(status)) && rows;
    });
    const taken = await timesTaken(app, ids);
    expect(Math.max(...taken)).toBe(1);
    await until(async () => {
      const rows = await app.database.query<{ id: string }>(
        `select id from message where id = any($1) and status = 'delivered'`,
        [ids],
      );
      return rows.length === taken.filter((times) => times === 1).length;
    });
    // In doubt is only what no provider took: everything else was settled by the provider's word.
    const inDoubt = statuses.filter(({ status }, index) => status === 'unknown' && taken[index] === 0);
    expect(inDoubt.length).toBe(taken.filter((times) => times === 0).length);
  });
});

test('a message that is put off is given up a day after its first attempt', async () => {
  await faults(app, { calls: [{ provider: 'twilio', nth: { tooMany: 1 } }] });
  const id = await send(app, tenant, text());
  await until(async () => kinds(await read(app, tenant, id)).includes('deferred'));
  const tried = await app.database.query(
    `update message set first_attempt_at = first_attempt_at - interval '25 hours' where id = $1 returning id`,
    [id],
  );
  expect(tried).toHaveLength(1);
  expect(await whenStatus(app, tenant, id, 'failed')).toMatchObject({ reason: 'retries_exhausted' });
  expect(await timesTaken(app, [id])).toEqual([0]);
});
