/** Who speaks for a venue is its default sender: chosen, shown, and passed on when it is released. */
import { MikroORM } from '@mikro-orm/postgresql';
import { databaseParts } from '../../src/app.database.js';
import { ormOptions } from '../../src/kernel/postgres/database.module.js';
import { migrate } from '../../src/kernel/postgres/migrate.js';
import { query } from '../../harness/query.js';
import { emptyDatabase } from '../support/databases.js';
import { read, send, text } from '../support/messages.js';
import { newSenderNumber } from '../support/people.js';
import { newVenue, releaseSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

describe('The default sender', () => {
  let app: TestApp;
  let tenant: Tenant;
  let venueId: string;
  beforeAll(async () => {
    app = await openTestApp({ role: 'api' });
    tenant = await app.tenant();
  });
  beforeEach(async () => {
    venueId = await newVenue(app, tenant);
  });
  afterAll(() => app.close());

  interface Sender {
    readonly id: string;
    readonly address: string;
    readonly default: boolean;
  }
  const create = async (input: object = {}): Promise<Sender> => {
    const sender = { venueId, channel: 'sms', address: newSenderNumber(), ...input };
    return (await app.as(tenant).post('/api/senders').send(sender).expect(201)).body as Sender;
  };
  const patch = (id: string, changes: object) => app.as(tenant).patch(`/api/senders/${id}`).send(changes);
  const defaults = async (): Promise<string[]> => {
    const { body } = await app.as(tenant).get('/api/senders').query({ venueId }).expect(200);
    return (body as { items: Sender[] }).items.filter((sender) => sender.default).map(({ id }) => id);
  };
  /** The address that a message of the venue leaves from now. */
  const speaker = async (): Promise<string | null> =>
    (await read(app, tenant, await send(app, tenant, text({ venueId })))).from;

  test('is the first one, and stays it when others are added, until the caller says otherwise', async () => {
    const first = await create();
    expect(first.default).toBe(true);
    const shortCode = await create({ address: '72345' });
    expect(shortCode.default).toBe(false);
    expect(await speaker()).toBe(first.address);
    const third = await create({ default: true });
    expect(third.default).toBe(true);
    expect(await speaker()).toBe(third.address);
    expect((await patch(shortCode.id, { default: true }).expect(200)).body).toMatchObject({ default: true });
    expect(await speaker()).toBe(shortCode.address);
    expect(await defaults()).toEqual([shortCode.id]);
  });

  test('is one for each channel of a venue', async () => {
    const made = [await create(), await create({ channel: 'whatsapp' }), await create({ channel: 'mms' })];
    expect(made.map((sender) => sender.default)).toEqual([true, true, true]);
  });

  test('gives way to a sender that names it as its fallback, unless that one says not to', async () => {
    const standIn = await create();
    const quiet = await create({ fallbackSenderId: standIn.id, default: false });
    expect([quiet.default, await speaker()]).toEqual([false, standIn.address]);
    const renamed = await patch(quiet.id, { displayName: 'Box office' }).expect(200);
    expect(renamed.body).toMatchObject({ default: false });
    const main = await create({ fallbackSenderId: standIn.id });
    expect([main.default, await speaker()]).toEqual([true, main.address]);
  });

  test('stays it while silenced: another speaks meanwhile', async () => {
    const [first, second] = [await create(), await create()];
    expect((await patch(first.id, { status: 'inactive' }).expect(200)).body).toMatchObject({ default: true });
    expect(await speaker()).toBe(second.address);
    await patch(first.id, { status: 'active' }).expect(200);
    expect(await speaker()).toBe(first.address);
  });

  test('is succeeded when released: by its fallback, else by the oldest active one, else by the oldest', async () => {
    const [first, silenced, third, fallback] = [await create(), await create(), await create(), await create()];
    await patch(first.id, { fallbackSenderId: fallback.id }).expect(200);
    await patch(silenced.id, { status: 'inactive' }).expect(200);
    for (const [released, successor] of [
      [first, fallback],
      [fallback, third],
      [third, silenced],
    ] as const) {
      await releaseSender(app, tenant, released.id);
      expect(await defaults()).toEqual([successor.id]);
    }
    await releaseSender(app, tenant, silenced.id);
    expect(await defaults()).toEqual([]);
    expect((await create()).default).toBe(true);
  });

  test('cannot be one that is not active, nor be taken away without another', async () => {
    const [first, second] = [await create(), await create()];
    const taken = await patch(first.id, { default: false }).expect(400);
    expect(taken.body).toMatchObject({
      code: 'invalid_request',
      errors: [
        {
          path: 'default',
          message: 'default cannot be taken from a sender: make another one of its venue and channel the default',
        },
      ],
    });
    await patch(second.id, { default: false }).expect(200);
    for (const changes of [{ status: 'inactive', default: true }, { default: true }]) {
      await patch(second.id, { status: 'inactive' }).expect(200);
      expect((await patch(second.id, changes).expect(409)).body).toMatchObject({ code: 'sender_inactive' });
    }
    await patch(second.id, { status: 'active', default: true }).expect(200);
    expect(await defaults()).toEqual([second.id]);
  });

  test('is one, however many are made, chosen and released at once', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => create()));
    expect(await defaults()).toHaveLength(1);
    const [gone, ...rest] = made;
    const answers = await Promise.all([
      ...rest.map(({ id }) => patch(id, { default: true })),
      patch(gone?.id ?? '', { status: 'released' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await defaults()).toHaveLength(1);
  });
});

test('A migrated sender that speaks today is the default', async () => {
  const url = await emptyDatabase();
  const upTo = async (last?: string): Promise<void> => {
    const place = databaseParts.migrations.findIndex(({ name }) => name === last);
    const migrations = last === undefined ? databaseParts.migrations : databaseParts.migrations.slice(0, place);
    const orm = await MikroORM.init(ormOptions(url, 2, { ...databaseParts, migrations }));
    try {
      await migrate(orm, databaseParts);
    } finally {
      await orm.close(true);
    }
  };
  await upTo('0017-default-senders');
  await query(
    url,
    `with tenant as (insert into tenant (name, slug, timezone, currency) values ('t', 't', 'UTC', 'EUR') returning id),
       venue as (insert into venue (tenant_id, name) select id, name from tenant, unnest(array['a', 'b', 'c']) as name
         returning id, name, tenant_id),
       account as (insert into provider_account (provider, name) values ('twilio', 'p') returning id)
     insert into sender (id, tenant_id, venue_id, channel, address, status, provider_account_id)
     select ('01990000-0000-7000-8000-00000000000' || n)::uuid, tenant_id, venue.id, channel, '+1555777000' || n, status, account.id
     from (values (1, 'a', 'sms', 'active'), (2, 'a', 'sms', 'active'), (3, 'a', 'sms', 'active'), (4, 'a', 'sms', 'inactive'),
       (5, 'a', 'mms', 'active'), (6, 'b', 'sms', 'inactive'), (7, 'b', 'sms', 'released'), (8, 'c', 'sms', 'released'))
       as given (n, name, channel, status) join venue using (name), account`,
  );
  const id = (n: number): string => `01990000-0000-7000-8000-00000000000${n}`;
  await query(url, `update sender set fallback_sender_id = '${id(3)}' where id = '${id(1)}'`);
  await upTo();
  const rows = await query<{ id: string }>(url, 'select id from sender where is_default order by id');
  expect(rows.map((row) => row.id)).toEqual([id(2), id(5), id(6)]);
});
