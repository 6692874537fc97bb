/** Days compared with the providers' own books: seeded gaps are found, and nothing else. */
import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import { PlanReconciliations } from '../../src/billing/reconciliation/plan-reconciliations.command.js';
import { Reconcile } from '../../src/billing/reconciliation/reconcile.command.js';
import type { DifferenceView, ReconciliationView } from '../../src/billing/reconciliation/reconciliations.dto.js';
import type { ProviderName } from '../../src/tenants/index.js';
import { whenAll, write } from '../notices/notices.support.js';
import { email, send, text, whenEnded } from '../support/messages.js';
import { changeBooks, holdSchedule, setBack } from '../support/past.js';
import { newMailbox, newNumber, newSenderNumber } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { newSender, newVenue, venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
let venues: Readonly<Record<'twilio' | 'plivo' | 'sendgrid', string>>;
beforeEach(async () => {
  app = await openTestApp();
  for (const name of ['reconcile', 'plan-reconciliations', 'sweep-prices']) await holdSchedule(app, name);
  tenant = await app.tenant();
  const [{ venueId: twilio }, { venueId: plivo }] = [
    await venueWith(app, tenant, 'sms'),
    await venueWith(app, tenant, 'sms', { provider: 'plivo' }),
  ];
  const sendgrid = await newVenue(app, tenant, 'Box office');
  const address = { channel: 'email', address: 'box@reconciled.example', provider: 'sendgrid' };
  await newSender(app, tenant, { venueId: sendgrid, ...address });
  venues = { twilio, plivo, sendgrid };
});
afterEach(() => app.close());

interface Sent {
  readonly id: string;
  readonly sid: string;
}

/** Texts through a provider that ended. */
async function texts(provider: 'twilio' | 'plivo', count: number): Promise<Sent[]> {
  const ids = await Promise.all(
    Array.from({ length: count }, () => send(app, tenant, text({ venueId: venues[provider] }))),
  );
  return Promise.all(ids.map(async (id) => ({ id, sid: (await whenEnded(app, tenant, id)).providerMessageId ?? '' })));
}

const DAY_MS = 86_400_000;

/** The day that is planned now. */
const plannedDay = (): string => new Date(Date.now() - 49 * 3_600_000).toISOString().slice(0, 10);

/** Everything so far was at noon three days ago, and each price is known. Answers the day, and the ids that messages have now. */
const threeDaysLater = (): ReturnType<typeof wasOn> =>
  wasOn(new Date(Date.now() - 3 * DAY_MS).toISOString().slice(0, 10));

/** The same of another day. */
async function wasOn(day: string): Promise<{ day: string; idOf: (id: string) => string }> {
  const idOf = await setBack(app, `${Date.now() - Date.parse(day) - DAY_MS / 2} milliseconds`);
  // From each report's record: here they are all known already, as after the prices of a day were read.
  await app.database.query(
    `insert into message_event (message_id, tenant_id, kind, channel, category, provider, segments, source, price_micros, price_currency)
     select event.message_id, event.tenant_id, 'priced', event.channel, event.category, event.provider, event.segments, 'webhook',
       case event.channel when 'voice' then 14000 else 7900 * event.segments end, 'USD'
     from message_event as event join message on message.id = message_id
     where kind = 'sent' and event.provider = 'twilio' and status <> 'failed'`,
  );
  return { day, idOf };
}

interface Found {
  readonly run: ReconciliationView;
  readonly differences: readonly DifferenceView[];
}

/** Asks for a day to be compared, and answers what was found. */
async function reconcile(provider: ProviderName, day: string, more: object = {}): Promise<Found> {
  const asked = await app
    .admin()
    .post('/api/reconciliations')
    .send({ provider, day, ...more })
    .expect(202);
  const { id } = asked.body as { id: string };
  await app.nest.get(CommandBus).execute(new Reconcile());
  const { body } = await app.admin().get('/api/reconciliations').query({ day, provider }).expect(200);
  const run = (body as { items: ReconciliationView[] }).items.find((each) => each.id === id);
  if (!run) throw new Error('a reconciliation that was asked for is listed');
  return { run, differences: await differencesOf(id) };
}

async function differencesOf(reconciliation: string, more: object = {}): Promise<DifferenceView[]> {
  const { body } = await app
    .admin()
    .get('/api/reconciliations/differences')
    .query({ reconciliation, ...more })
    .expect(200);
  return (body as { items: DifferenceView[] }).items;
}

const stranger = async (provider: ProviderName, accountId: string, day: string, more: object = {}): Promise<string> => {
  const message = { provider, accountId, channel: 'sms', from: newSenderNumber(), to: newNumber(), ...more };
  const at = { sentAt: `${day}T12:00:00Z` };
  const { body } = await app.http
    .post('/sandbox/messages')
    .send({ ...message, ...at })
    .expect(201);
  return (body as { providerMessageId: string }).providerMessageId;
};
const accountOf = (provider: 'twilio' | 'plivo', name: string): string =>
  app.config.platform[provider]?.credentials[name] ?? '';

const about = ({ id, sid }: Sent, idOf: (id: string) => string): object => ({
  messageId: idOf(id),
  tenantId: tenant.id,
  providerMessageId: sid,
});
const usd = (priceMicros: number): object => ({ priceMicros, priceCurrency: 'USD' });
const NO_PRICE = { priceMicros: null, priceCurrency: null };

describe('A day at Twilio', () => {
  test('whose totals agree is done with them alone, and with each message where that is asked', async () => {
    await texts('twilio', 3);
    const { day } = await threeDaysLater();
    const { run, differences } = await reconcile('twilio', day);
    const side = { messages: 3, segments: 3, price: { micros: 23_700, currency: 'USD' } };
    expect(run).toMatchObject({ state: 'done', requestedBy: 'admin', records: null, reason: null });
    expect(run.differences).toEqual({});
    expect(run.totals).toEqual([{ channel: 'sms', ours: { ...side, delivered: 3 }, theirs: side }]);
    const again = await reconcile('twilio', day, { everyMessage: true });
    expect(again.run).toMatchObject({ state: 'done', records: 3 });
    expect(again.run.differences).toEqual({});
    expect([differences, again.differences]).toEqual([[], []]);
  });

  test('with a gap of every kind has exactly those, each at its message', async () => {
    const [lost, cheaper, undelivered, longer, ...well] = await texts('twilio', 8);
    if (!lost || !cheaper || !undelivered || !longer) throw new Error('there are eight');
    const { day, idOf } = await threeDaysLater();
    await changeBooks(app, lost.sid, { isLost: true });
    await changeBooks(app, cheaper.sid, { price: '0.0075' });
    await changeBooks(app, undelivered.sid, { status: 'undelivered' });
    await changeBooks(app, longer.sid, { segments: 2, price: '0.0079' });
    const unknown = await stranger('twilio', accountOf('twilio', 'accountSid'), day);
    for (const { sid } of [cheaper, undelivered, longer, ...well]) await readOnce(sid);
    await readOnce(unknown);
    const { run, differences } = await reconcile('twilio', day);
    expect([run.state, run.records]).toEqual(['done', 8]);
    const each = { missing_there: 1, missing_here: 1, status_differs: 1, segments_differ: 1, price_differs: 1 };
    expect(run.differences).toEqual(each);
    expect(differences.toSorted((one, other) => (one.kind < other.kind ? -1 : 1))).toEqual([
      {
        kind: 'missing_here',
        messageId: null,
        tenantId: null,
        providerMessageId: unknown,
        ours: null,
        theirs: { channel: 'sms', sentAt: `${day}T12:00:00.000Z`, status: 'delivered', ...usd(7_900) },
      },
      {
        kind: 'missing_there',
        ...about(lost, idOf),
        ours: { channel: 'sms', status: 'delivered', ...usd(7_900) },
        theirs: null,
      },
      { kind: 'price_differs', ...about(cheaper, idOf), ours: usd(7_900), theirs: usd(7_500) },
      { kind: 'segments_differ', ...about(longer, idOf), ours: { segments: 1 }, theirs: { segments: 2 } },
      {
        kind: 'status_differs',
        ...about(undelivered, idOf),
        ours: { status: 'delivered' },
        theirs: { status: 'undelivered' },
      },
    ]);
    expect(await differencesOf(run.id, { kind: 'price_differs' })).toHaveLength(1);
    const facts = await app.database.query(
      `select source, price_micros::float8 as micros from message_event where message_id = $1 and kind = 'priced' order by seq`,
      [idOf(cheaper.id)],
    );
    expect(facts).toEqual([
      { source: 'webhook', micros: 7_900 },
      { source: 'reconciler', micros: 7_500 },
    ]);
  });

  test('with one lost and one that is not ours has both, though the totals agree, where each message is compared', async () => {
    const [lost, other] = await texts('twilio', 2);
    const { day, idOf } = await threeDaysLater();
    await changeBooks(app, lost?.sid ?? '', { isLost: true });
    const unknown = await stranger('twilio', accountOf('twilio', 'accountSid'), day, { price: '0.0079' });
    await readOnce(other?.sid ?? '');
    const byTotals = await reconcile('twilio', day);
    expect([byTotals.run.records, byTotals.run.differences]).toEqual([null, {}]);
    const { run, differences } = await reconcile('twilio', day, { everyMessage: true });
    expect(run.differences).toEqual({ missing_there: 1, missing_here: 1 });
    expect(differences).toMatchObject([
      { kind: 'missing_here', providerMessageId: unknown },
      { kind: 'missing_there', messageId: idOf(lost?.id ?? '') },
    ]);
  });

  test('does not lack what Twilio sent before or after midnight', async () => {
    const [early, late, lost] = await texts('twilio', 3);
    const { day, idOf } = await threeDaysLater();
    const midnight = Date.parse(day);
    await changeBooks(app, early?.sid ?? '', { sentAt: new Date(midnight - 1_000) });
    await changeBooks(app, late?.sid ?? '', { sentAt: new Date(midnight + DAY_MS + 3_600_000) });
    await changeBooks(app, lost?.sid ?? '', { isLost: true });
    for (const one of [early, late]) await readOnce(one?.sid ?? '');
    const { run, differences } = await reconcile('twilio', day);
    expect([run.records, run.differences]).toEqual([0, { missing_there: 1 }]);
    expect(differences).toMatchObject([{ messageId: idOf(lost?.id ?? '') }]);
    const before = await reconcile('twilio', new Date(midnight - DAY_MS).toISOString().slice(0, 10));
    expect([before.run.records, before.run.differences]).toEqual([1, {}]);
  });

  test('has its calls beside its messages', async () => {
    await newSender(app, tenant, { channel: 'voice', address: newSenderNumber() });
    const call = async (to: string): Promise<Sent> => {
      const id = await send(app, tenant, { channel: 'voice', to, content: { body: 'Gate 4 is closed.' } });
      return { id, sid: (await whenEnded(app, tenant, id)).providerMessageId ?? '' };
    };
    const calls = [await call(newNumber()), await call(newNumber())];
    const { day, idOf } = await threeDaysLater();
    const [one, other] = calls;
    await changeBooks(app, one?.sid ?? '', { price: '0.028' });
    for (const { sid } of calls) await readOnce(sid);
    const { run, differences } = await reconcile('twilio', day);
    expect(run.totals).toMatchObject([
      { channel: 'voice', ours: { messages: 2, price: { micros: 28_000 } }, theirs: { price: { micros: 42_000 } } },
    ]);
    expect(differences).toMatchObject([
      { kind: 'price_differs', messageId: idOf(one?.id ?? ''), ours: usd(14_000), theirs: usd(28_000) },
    ]);
    expect(other).toBeDefined();
  });
});

/** As whoever reads prices has done: Twilio tells the price from the second time on. */
async function readOnce(sid: string): Promise<void> {
  const { accountSid = '', authToken = '' } = app.config.platform.twilio?.credentials ?? {};
  const headers = { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` };
  const kind = sid.startsWith('CA') ? 'Calls' : 'Messages';
  const path = `/sandbox/twilio/2010-04-01/Accounts/${accountSid}/${kind}/${sid}.json`;
  await app.http.get(path).set(headers).expect(200);
}

describe('What people wrote', () => {
  /** Everything that was received so far was at noon of the day. Answers our ids, in the order of the provider's. */
  async function wasReceivedOn(day: string, sids: readonly string[]): Promise<string[]> {
    const noon = `${day}T12:00:00.000Z`;
    for (const sid of sids) await changeBooks(app, sid, { sentAt: noon });
    return app.database.transaction(async () => {
      await app.database.query('set local session_replication_role = replica');
      await app.database.query(
        `with aged as (update received_message set id = uuidv7($1::timestamptz - now()) returning id, provider_message_id)
         select from aged`,
        [noon],
      );
      const rows = await app.database.query<{ id: string }>(
        `select received.id from unnest($1::text[]) with ordinality as sid (sid, place)
         join received_message as received on provider_message_id = sid order by place`,
        [sids],
      );
      return rows.map(({ id }) => id);
    });
  }

  const wrote = async (to: string, body = 'Hello'): Promise<string> => {
    const inbound = { provider: 'twilio', from: newNumber(), to, body };
    const answer = await app.http.post('/sandbox/inbound').send(inbound).expect(200);
    expect(answer.body).toMatchObject({ status: 200 });
    return (answer.body as { providerMessageId: string }).providerMessageId;
  };

  test('is compared by totals and message by message, and its price is a fact that corrects the estimate', async () => {
    await app
      .admin()
      .put('/api/prices?kind=cost&name=twilio&validFrom=2020-01-01T00:00:00Z')
      .set('content-type', 'text/csv')
      .send('channel,direction,unit,price,currency\nsms,inbound,segment,0.0075,USD\n')
      .expect(200);
    const { number } = await venueWith(app, tenant, 'sms');
    const [well, lost, theirs, dearer] = [
      await wrote(number),
      await wrote(number),
      await wrote(number),
      await wrote(number, 'x'.repeat(161)),
    ];
    const day = new Date(Date.now() - 3 * DAY_MS).toISOString().slice(0, 10);
    const [, lostId] = await wasReceivedOn(day, [well, lost, theirs, dearer]);
    await changeBooks(app, lost, { isLost: true });
    await app.database.transaction(async () => {
      await app.database.query('set local session_replication_role = replica');
      await app.database.query('delete from received_message where provider_message_id = $1', [theirs]);
    });
    const { run, differences } = await reconcile('twilio', day, { everyMessage: true });
    expect(run.totals).toMatchObject([
      {
        channel: 'sms',
        direction: 'inbound',
        ours: { messages: 3, segments: 4 },
        theirs: { messages: 3, segments: 4 },
      },
    ]);
    const said = { channel: 'sms', direction: 'inbound' };
    expect(differences).toMatchObject([
      { kind: 'missing_here', providerMessageId: theirs, theirs: said },
      { kind: 'missing_there', messageId: lostId, tenantId: tenant.id, ours: said },
    ]);
    const again = await reconcile('twilio', day, { everyMessage: true });
    expect(again.run.differences).toEqual(run.differences);
    const priced = await app.database.query(
      `select price_micros::int as micros, source from message_event where tenant_id = $1 and kind = 'priced' order by 1`,
      [tenant.id],
    );
    const source = 'reconciler';
    expect(priced).toEqual([
      { micros: 7_900, source },
      { micros: 15_800, source },
    ]);
  });
});

describe('A day elsewhere', () => {
  test('at Plivo is compared message by message, as Plivo has no totals but its list', async () => {
    const [cheaper, lost] = await texts('plivo', 25);
    const { day, idOf } = await threeDaysLater();
    const well = await reconcile('plivo', day);
    expect([well.run.state, well.run.records, well.run.differences]).toEqual(['done', 25, {}]);
    await changeBooks(app, cheaper?.sid ?? '', { price: '0.004' });
    await changeBooks(app, lost?.sid ?? '', { isLost: true });
    const { run, differences } = await reconcile('plivo', day);
    expect([run.records, run.differences]).toEqual([24, { missing_there: 1, price_differs: 1 }]);
    expect(run.totals).toMatchObject([
      { channel: 'sms', ours: { messages: 25 }, theirs: { messages: 24, segments: 24, price: { micros: 119_000 } } },
    ]);
    expect(differences).toMatchObject([
      { kind: 'price_differs', messageId: idOf(cheaper?.id ?? ''), ours: usd(5_000), theirs: usd(4_000) },
      { kind: 'missing_there', messageId: idOf(lost?.id ?? ''), ours: usd(5_000) },
    ]);
    expect((await reconcile('plivo', day)).run.differences).toEqual({ missing_there: 1 });
  });

  test.each(['ses', 'sendgrid'] as const)(
    'at %s is compared by its totals, which is all that there is',
    async (provider) => {
      const venue = provider === 'sendgrid' ? { venueId: venues.sendgrid } : {};
      const sids: string[] = [];
      // One after another: SendGrid has one id for all emails of a call.
      for (let count = 0; count < 3; count += 1) {
        const id = await send(app, tenant, email({ ...venue, to: newMailbox() }));
        sids.push((await whenEnded(app, tenant, id)).providerMessageId ?? '');
      }
      const { day } = await threeDaysLater();
      const well = await reconcile(provider, day, { everyMessage: true });
      expect([well.run.state, well.run.records, well.run.differences]).toEqual(['done', null, {}]);
      expect(well.run.totals).toMatchObject([
        { channel: 'email', ours: { messages: 3, delivered: 3 }, theirs: { messages: 3, delivered: 3 } },
      ]);
      await changeBooks(app, sids[0] ?? '', { isLost: true });
      const { run, differences } = await reconcile(provider, day);
      expect(run.differences).toEqual({ totals_differ: 1 });
      expect(differences).toEqual([
        {
          kind: 'totals_differ',
          messageId: null,
          tenantId: null,
          providerMessageId: null,
          ours: { channel: 'email', messages: 3 },
          theirs: { channel: 'email', messages: 2 },
        },
      ]);
    },
  );

  test('at ses has the platform’s own notices too, which are in nobody’s ledger', async () => {
    await whenEnded(app, tenant, await send(app, tenant, email({ to: newMailbox() })));
    const to = newMailbox();
    await whenAll(app, await write(app, tenant, { emails: [to] }), 'delivered');
    const { day } = await threeDaysLater();
    const noon = `${day}T12:00:00.000Z`;
    await app.database.query(`update notice_delivery set finished_at = $1`, [noon]);
    const [notice] = await recordOf(app, to);
    await changeBooks(app, notice?.providerMessageId ?? '', { sentAt: noon });
    const { run } = await reconcile('ses', day);
    expect(run.differences).toEqual({});
    expect(run.totals).toMatchObject([{ channel: 'email', ours: { messages: 2 }, theirs: { messages: 2 } }]);
  });

  test('in an account of a tenant’s own is that account’s alone', async () => {
    const credentials = { accountSid: `AC${'e'.repeat(32)}`, authToken: 'a-token-of-their-own' };
    const account = { provider: 'twilio', name: 'own', credentials };
    const { body } = await app.as(tenant).post('/api/provider-accounts').send(account).expect(201);
    const { id: providerAccountId } = body as { id: string };
    await texts('twilio', 2);
    const { day } = await threeDaysLater();
    const unknown = await stranger('twilio', credentials.accountSid, day);
    const { run, differences } = await reconcile('twilio', day, { providerAccountId });
    expect([run.providerAccountId, run.differences]).toEqual([providerAccountId, { missing_here: 1 }]);
    expect(differences).toMatchObject([{ providerMessageId: unknown, theirs: NO_PRICE }]);
  });
});

describe('Reconciliations', () => {
  const planned = async (): Promise<ReconciliationView[]> => {
    await app.nest.get(CommandBus).execute(new PlanReconciliations());
    const { body } = await app.admin().get('/api/reconciliations').expect(200);
    return (body as { items: ReconciliationView[] }).items;
  };

  test('are planned once for each account that keeps books, of the day before yesterday, and three times where they fail', async () => {
    const all = await planned();
    expect(all.map(({ provider }) => provider).toSorted()).toEqual(['plivo', 'sendgrid', 'ses', 'twilio']);
    expect(new Set(all.map((each) => each.day))).toEqual(new Set([plannedDay()]));
    expect(await planned()).toHaveLength(4);
    for (const more of [1, 2, 2]) {
      await app.database.query(
        `update reconciliation set state = 'running', held_until = now() - interval '1 second'
         where finished_at is null and provider = 'twilio'`,
      );
      await app.nest.get(CommandBus).execute(new Reconcile());
      expect(await planned()).toHaveLength(4 + more);
    }
    const { body } = await app.admin().get('/api/reconciliations').query({ state: 'failed', limit: 2 }).expect(200);
    const { items, nextCursor } = body as { items: ReconciliationView[]; nextCursor: string };
    expect(items).toMatchObject([{ provider: 'twilio', reason: 'The process died that ran it' }, {}]);
    const next = await app.admin().get('/api/reconciliations').query({ state: 'failed', cursor: nextCursor });
    expect((next.body as { items: unknown[] }).items).toHaveLength(1);
  });

  test('compare each message of a day that has few, so that a gap on one side does not hide one on the other', async () => {
    const [lost] = await texts('twilio', 3);
    const { day, idOf } = await wasOn(plannedDay());
    await changeBooks(app, lost?.sid ?? '', { isLost: true });
    const theirs = await stranger('twilio', accountOf('twilio', 'accountSid'), day);
    const [run] = (await planned()).filter(({ provider }) => provider === 'twilio');
    await app.nest.get(CommandBus).execute(new Reconcile());
    const differences = await differencesOf(run?.id ?? '');
    expect(differences.map(({ kind }) => kind).toSorted()).toEqual(['missing_here', 'missing_there']);
    expect(differences).toMatchObject([
      { kind: 'missing_here', providerMessageId: theirs },
      { kind: 'missing_there', messageId: idOf(lost?.id ?? '') },
    ]);
  });

  test('of a provider that refuses to tell fail with its reason', async () => {
    const credentials = { accountSid: `AC${'d'.repeat(32)}`, authToken: 'a-token-of-their-own' };
    const own = async (owner: Tenant, token: string): Promise<string> => {
      const account = { provider: 'twilio', name: token, credentials: { ...credentials, authToken: token } };
      const { body } = await app.as(owner).post('/api/provider-accounts').send(account).expect(201);
      return (body as { id: string }).id;
    };
    await own(await app.tenant(), 'the-token-that-counts');
    const { run } = await reconcile('twilio', '2026-11-01', {
      providerAccountId: await own(tenant, 'another-token-of-theirs'),
    });
    expect(run).toMatchObject({ state: 'failed', reason: "Twilio's usage was not read: 20003" });
  });

  test('that fail on the way leave no list behind', async () => {
    await texts('twilio', 1);
    const { day } = await threeDaysLater();
    await app.database.query(`alter table reconciliation_difference add constraint never check (false) not valid`);
    await stranger('twilio', accountOf('twilio', 'accountSid'), day);
    const { run } = await reconcile('twilio', day);
    expect(run).toMatchObject({ state: 'failed', reason: expect.stringContaining('SQLSTATE 23514') });
    expect(await app.database.query(`select from reconciliation_message`)).toEqual([]);
  });

  test('that are over are never changed, nor what they found', async () => {
    await texts('plivo', 1);
    const { day } = await threeDaysLater();
    await stranger('plivo', accountOf('plivo', 'authId'), day);
    await reconcile('plivo', day);
    for (const statement of [
      `update reconciliation set counts = '{}'`,
      `delete from reconciliation`,
      `update reconciliation_difference set kind = 'missing_there'`,
      `delete from reconciliation_difference`,
    ]) {
      await expect(app.database.query(statement)).rejects.toThrow();
    }
  });

  test('asked for twice at once are one', async () => {
    const day = '2026-11-01';
    const ask = async (): Promise<unknown> =>
      (await app.admin().post('/api/reconciliations').send({ provider: 'ses', day }).expect(202)).body;
    const [one, other] = await Promise.all([ask(), ask()]);
    expect(one).toEqual(other);
  });

  test.each<[string, object, number, string]>([
    ['today', { day: new Date().toISOString().slice(0, 10) }, 422, 'day_not_over'],
    ['a day that is none', { day: '2026-02-30' }, 422, 'day_not_over'],
    ['a text', { day: 'yesterday' }, 400, 'invalid_request'],
    ['a provider without books', { provider: 'resend' }, 422, 'no_books'],
    ['an account that there is not', { providerAccountId: randomUUID() }, 404, 'account_not_there'],
  ])('of %s are refused', async (_, input, status, code) => {
    const body = { provider: 'twilio', day: '2026-11-01', ...input };
    const answer = await app.admin().post('/api/reconciliations').send(body);
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code]);
  });

  test('are the operator’s', async () => {
    await app.as(tenant).get('/api/reconciliations').expect(403);
    const { status } = await app.as(tenant).post('/api/reconciliations').send({ provider: 'ses', day: '2026-11-01' });
    expect(status).toBe(403);
    const missing = await app
      .admin()
      .get('/api/reconciliations/differences')
      .query({ reconciliation: randomUUID() })
      .expect(404);
    expect(missing.body).toMatchObject({ code: 'reconciliation_not_found' });
  });
});
