/** Campaigns that come at an hour of each recipient's own clock. */
import type { CampaignPreviewView, CampaignView, EstimateView } from '../../src/campaigns/campaigns.dto.js';
import { QuietHoursSchedule } from '../../src/dispatch/drain/quiet-hours.schedule.js';
import { QuietHoursChanges } from '../../src/tenants/index.js';
import { until } from '../../harness/until.js';
import { send, sendAll, whenStatus } from '../support/messages.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { act, draft, emptyAudience, ledgerOf, look, template, whenAll, whenState } from './campaign.support.js';

let app: TestApp;
let tenant: Tenant;
let templateKey: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant({ timezone: 'America/Sao_Paulo' });
  templateKey = await template(app, tenant, 'sms', { body: 'Doors open at 19:00' });
});
afterAll(() => app.close());

const DAY_MS = 86_400_000;
const dayIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
/** So many hours from now, on a clock in Greenwich. */
const utcIn = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 19);

/** Who is where: by the attribute, else by the number's country, else where the tenant is. */
const PEOPLE = {
  '+4915110000001': { of: {}, zone: 'Europe/Berlin' },
  '+4915110000002': { of: { timezone: 'Pacific/Auckland' }, zone: 'Pacific/Auckland' },
  '+4915110000003': { of: { timezone: 'Mars' }, zone: 'Europe/Berlin' },
  '+12125550123': { of: {}, zone: 'America/New_York' },
  '+12135550123': { of: { timezone: 'America/Los_Angeles' }, zone: 'America/Los_Angeles' },
  '+447400123456': { of: {}, zone: 'Europe/London' },
  '+881612345678': { of: {}, zone: 'America/Sao_Paulo' },
} as const;

async function audienceOf(people: Readonly<Record<string, { readonly of: object }>> = PEOPLE): Promise<string> {
  const id = await emptyAudience(app, tenant);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, case when key like '+%' then 'phone' else 'email' end, key, value -> 'of', uuidv7() from jsonb_each($2::jsonb)`,
    [id, JSON.stringify(people)],
  );
  return id;
}

async function campaign(schedule: object, people?: Readonly<Record<string, { readonly of: object }>>): Promise<string> {
  const audienceId = await audienceOf(people);
  return (await draft(app, tenant, { channel: 'sms', templateKey, audienceId, inZone: 'recipient', ...schedule })).id;
}

/** Its first hour comes now. */
const starts = async (id: string): Promise<unknown> => [
  await app.database.query(`update campaign set scheduled_at = now() where id = $1`, [id]),
  await until(async () => (await look(app, tenant, id)).progress.frozen),
];

/** On the wall clock in a time zone: `2026-12-30 18:00`. */
const clock = (at: string, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(new Date(at));

const hours = async (id: string): Promise<Record<string, string | null>> => {
  const rows = await app.database.query<{ recipient: string; send_at: string | null }>(
    `select recipient, send_at from message where campaign_id = $1`,
    [id],
  );
  return Object.fromEntries(rows.map(({ recipient, send_at: at }) => [recipient, at]));
};

test('each gets it at that hour of their own clock, by the attribute, the number’s country, or the tenant’s zone', async () => {
  const day = dayIn(30);
  const id = await campaign({ scheduledAt: `${day}T18:00` });
  const view = await look(app, tenant, id);
  expect(view).toMatchObject({
    status: 'SCHEDULED',
    scheduledAt: `${day}T04:00:00.000Z`, // where the day begins first
    scheduledLocal: `${day}T18:00:00`,
    inZone: 'recipient',
    ifPast: 'next_day',
  });
  const estimate = (await app.as(tenant).get(`/api/campaigns/${id}/estimate`).expect(200)).body as EstimateView;
  expect(estimate).toMatchObject({ recipients: 7 });
  expect(clock(estimate.firstAt ?? '', 'Pacific/Auckland')).toBe(`${day} 18:00`);
  expect(clock(estimate.lastAt ?? '', 'America/Los_Angeles')).toBe(`${day} 18:00`);
  for (const [contact, { zone }] of Object.entries(PEOPLE)) {
    const { body } = await app.as(tenant).post(`/api/campaigns/${id}/preview`).send({ contact }).expect(200);
    expect([contact, clock((body as CampaignPreviewView).goesAt ?? '', zone)]).toEqual([contact, `${day} 18:00`]);
  }

  await starts(id);
  const sending = await look(app, tenant, id);
  expect(sending).toMatchObject({ status: 'SENDING', progress: { byStatus: { scheduled: 7 }, finishesAt: null } });
  const at = await hours(id);
  expect(Object.keys(at)).toHaveLength(7);
  for (const [contact, { zone }] of Object.entries(PEOPLE))
    expect([contact, clock(at[contact] ?? '', zone)]).toEqual([contact, `${day} 18:00`]);
  expect(new Date(at['+4915110000002'] ?? '').toISOString()).toBe(estimate.firstAt);
  expect(new Date(at['+12135550123'] ?? '').toISOString()).toBe(estimate.lastAt);

  await act(app, tenant, id, 'pause');
  await app.database.query(
    `update pending set ready_at = now() where message_id = (select id from message where campaign_id = $1 and recipient = '+12125550123')`,
    [id],
  );
  await act(app, tenant, id, 'resume');
  await until(async () => (await look(app, tenant, id)).progress.byStatus['delivered'] === 1);
  expect((await look(app, tenant, id)).status).toBe('SENDING'); // the others wait for their hours
  await app.database.query(`update pending set ready_at = now() where campaign_id = $1`, [id]);
  await whenAll(app, tenant, id, ['delivered']);
  await whenState(app, tenant, id, 'SENT');
});

test('over several channels too, and a cancel ends all that wait for their hours', async () => {
  const audienceId = await audienceOf({
    'ana@example.com': { of: { name: 'Ana', timezone: 'Asia/Tokyo' } },
    'bo@example.com': { of: { name: 'Bo' } },
    '+4915110000004': { of: {} },
  });
  const channels = [
    { channel: 'email', templateKey: await template(app, tenant, 'email', { body: 'Doors open at 19:00' }) },
    { channel: 'sms', templateKey },
  ];
  const day = dayIn(30);
  const schedule = { scheduledAt: `${day}T09:30`, inZone: 'recipient' };
  const { body } = await app
    .as(tenant)
    .post('/api/campaigns')
    .send({ name: 'Doors', channels, audienceId, ...schedule })
    .expect(201);
  const { id } = body as CampaignView;
  const estimate = (await app.as(tenant).get(`/api/campaigns/${id}/estimate`).expect(200)).body as EstimateView;
  expect(clock(estimate.firstAt ?? '', 'Asia/Tokyo')).toBe(`${day} 09:30`);
  expect(clock(estimate.lastAt ?? '', 'America/Sao_Paulo')).toBe(`${day} 09:30`);
  await starts(id);
  const at = await hours(id);
  expect(clock(at['ana@example.com'] ?? '', 'Asia/Tokyo')).toBe(`${day} 09:30`);
  expect(clock(at['bo@example.com'] ?? '', 'America/Sao_Paulo')).toBe(`${day} 09:30`);
  expect(clock(at['+4915110000004'] ?? '', 'Europe/Berlin')).toBe(`${day} 09:30`);
  await act(app, tenant, id, 'cancel');
  await whenAll(app, tenant, id, ['cancelled']);
  expect(await ledgerOf(app, id)).toEqual({ cancelled: 3 });
});

describe('Somebody whose hour has passed at the start', () => {
  const people = {
    '+4915110000005': { of: { timezone: 'UTC' } },
    '+4915110000006': { of: { timezone: 'Pacific/Honolulu' } },
  };

  test('gets it at that hour within a day, unless it is to come at once', async () => {
    const scheduledAt = utcIn(-1);
    const dayLater = new Date(Date.parse(`${scheduledAt}Z`) + 24 * 3_600_000).toISOString();
    const tomorrow = await campaign({ scheduledAt }, people);
    const atOnce = await campaign({ scheduledAt, ifPast: 'at_once' }, people);
    await until(async () => (await look(app, tenant, tomorrow)).progress.frozen);
    const later = await hours(tomorrow);
    expect(clock(later['+4915110000005'] ?? '', 'UTC')).toBe(dayLater.slice(0, 16).replace('T', ' '));
    expect(clock(later['+4915110000006'] ?? '', 'Pacific/Honolulu')).toBe(scheduledAt.slice(0, 16).replace('T', ' '));
    await until(async () => (await look(app, tenant, atOnce)).progress.byStatus['delivered'] === 1);
    expect((await look(app, tenant, atOnce)).progress.byStatus).toEqual({ delivered: 1, scheduled: 1 });
    expect(await hours(atOnce)).toMatchObject({
      '+4915110000005': null,
      '+4915110000006': expect.any(String) as string,
    });
  });

  test('is not forgotten after an outage: only when the hour has passed everywhere has the campaign failed', async () => {
    const [late, over] = [
      await campaign({ scheduledAt: `${dayIn(30)}T18:00` }, people),
      await campaign({ scheduledAt: `${dayIn(30)}T18:00` }, people),
    ];
    await app.database.query(
      `update campaign set scheduled_at = now() - interval '3 hours',
         local_time = to_char((now() at time zone 'UTC') - make_interval(hours => case id when $2 then 14 else 1 end), 'YYYY-MM-DD"T"HH24:MI:SS')
       where id in ($1::uuid, $2::uuid)`,
      [late, over],
    );
    await until(async () => (await look(app, tenant, late)).progress.frozen);
    expect((await whenState(app, tenant, over, 'FAILED')).statusReason).toContain('more than 60 minutes ago');
  });
});

test('launched by hand it goes to everybody at once', async () => {
  const id = await campaign({ scheduledAt: `${dayIn(30)}T18:00` });
  expect(await act(app, tenant, id, 'launch')).toMatchObject({ inZone: 'tenant', ifPast: null });
  await whenState(app, tenant, id, 'SENT');
  await until(async () => (await ledgerOf(app, id))['delivered'] === 7);
});

test.each([
  ['with an offset', { scheduledAt: `${dayIn(3)}T18:00Z`, inZone: 'recipient' }, 'without an offset'],
  ['that is no time', { scheduledAt: 'tonight', inZone: 'recipient' }, 'without an offset'],
  ['that has passed everywhere', { scheduledAt: utcIn(-13), inZone: 'recipient' }, 'passed in every time zone'],
  ['in two years', { scheduledAt: `${dayIn(700)}T18:00`, inZone: 'recipient' }, 'more than a year'],
  ['with ifPast in the tenant’s zone', { scheduledAt: `${dayIn(3)}T18:00`, ifPast: 'at_once' }, 'ifPast is for'],
])('a time %s is refused with what to change', async (_, schedule, message) => {
  const { id } = await draft(app, tenant, { channel: 'sms', templateKey, audienceId: await audienceOf() });
  const { body } = await app.as(tenant).post(`/api/campaigns/${id}/schedule`).send(schedule).expect(422);
  expect(body).toMatchObject({ code: 'bad_schedule', detail: expect.stringContaining(message) as string });
});

describe('Quiet hours', () => {
  const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  /** A minute of the day after tomorrow. */
  const opening = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS + 2 * DAY_MS + 12 * 3_600_000);
  const minute = [{ days: [WEEKDAYS[opening.getUTCDay()]], from: '12:00', to: '12:01' }];

  test('have a campaign’s marketing wait in the queue for its recipients’ hours, while tickets go', async () => {
    const own = await app.tenant();
    const settings = (quietHours: unknown): ReturnType<ReturnType<TestApp['admin']>['patch']> =>
      app.admin().patch(`/api/tenants/${own.id}/settings`).send({ quietHours });
    const wrong = { hours: [{ days: ['mon'], from: '21:00', to: '08:00' }] };
    expect((await settings(wrong).expect(400)).body).toMatchObject({ errors: [{ path: 'quietHours' }] });
    const { body: set } = await settings({ hours: minute, legalDefaults: false }).expect(200);
    expect(set).toMatchObject({
      settings: {
        quietHours: { channels: ['sms', 'whatsapp', 'voice'], hours: minute, countries: [], legalDefaults: false },
      },
    });
    const audienceId = await emptyAudience(app, own);
    const people = ['+4915110000011', '+4915110000012'];
    await app.database.query(
      `insert into contact (audience_id, kind, address, attributes, import_id)
       select $1, 'phone', address, '{"timezone": "UTC"}', uuidv7() from unnest($2::text[]) as address`,
      [audienceId, people],
    );
    for (const person of people) await optIn(own, person);
    const marketing = await template(app, own, 'sms', { category: 'marketing', body: 'Doors open at 19:00' });
    const { id } = await draft(app, own, { channel: 'sms', templateKey: marketing, audienceId });
    await act(app, own, id, 'launch');
    await until(async () => (await look(app, own, id)).waitingForHours === 2);
    expect(await look(app, own, id)).toMatchObject({ status: 'SENDING', waitsFor: null });
    const waiting = await app.database.query<{ ready_at: string; reason: string; attempts: number }>(
      `select ready_at, message.reason, message.attempts from pending join message on message.id = message_id where pending.campaign_id = $1`,
      [id],
    );
    expect(waiting.map(({ reason, attempts }) => [reason, attempts])).toEqual([
      ['quiet_hours', 0],
      ['quiet_hours', 0],
    ]);
    for (const { ready_at: at } of waiting) expect(Math.abs(Date.parse(at) - opening.getTime())).toBeLessThan(10_000);
    const ticket = { channel: 'sms', to: people[0], content: { body: 'Your ticket' } };
    const { body: sent } = await app.as(own).post('/api/messages').send(ticket).expect(202);
    await until(async () => {
      const { body } = await app.as(own).get(`/api/messages/${(sent as { id: string }).id}`);
      return (body as { status: string }).status === 'delivered';
    });
    await settings(null).expect(200);
    await until(async () => (await look(app, own, id)).progress.byStatus['delivered'] === 2);
    await whenState(app, own, id, 'SENT');
    expect((await look(app, own, id)).waitingForHours).toBe(0);
  });

  test('that change move what waits, earlier and later, to when a new message to the same person would go', async () => {
    const own = await app.tenant({ timezone: 'Asia/Tokyo' });
    const settings = (to: object): Promise<unknown> =>
      app
        .admin()
        .patch(`/api/tenants/${own.id}${'timezone' in to ? '' : '/settings'}`)
        .send(to)
        .expect(200);
    const key = await template(app, own, 'sms', { category: 'marketing', body: 'Doors open at 19:00' });
    const people = [
      { to: '+33612345678', data: {} },
      { to: '+4915110000021', data: { timezone: 'Pacific/Auckland' } },
      { to: '+12125550123', data: {} },
      { to: '+881612345679', data: {} },
    ];
    for (const { to } of people) await optIn(own, to);
    const messages = people.map(({ to, data }) => ({ channel: 'sms', to, template: { key, data } }));
    const waiting = new Map<string, string[]>(people.map(({ to }) => [to, []]));
    /** Of each person, what became of all that waits and of one that came last: `sent`, or in which second it is due. */
    const fates = async (): Promise<ReadonlyMap<string, string>> => {
      const rows = await app.database.query<{ id: string; fate: string }>(
        `select id, case when sent_at is not null then 'sent' when waits_for = 'quiet_hours' then round(extract(epoch from ready_at) / 5)::text end as fate
         from message left join pending on message_id = id where id = any($1)`,
        [[...waiting.values()].flat()],
      );
      return new Map(rows.map(({ id, fate }) => [id, fate]));
    };
    /** The weekday of so many days from now. */
    const day = (days: number): string => WEEKDAYS[new Date(Date.now() + days * DAY_MS).getUTCDay()] ?? '';
    const at = (days: number, from: string): object[] => [{ days: [day(days)], from, to: '23:00' }];
    const closed = { hours: at(4, '22:00'), legalDefaults: false };
    const changes: readonly object[] = [
      { quietHours: closed },
      { quietHours: { ...closed, hours: at(3, '07:30') } },
      { quietHours: { ...closed, countries: [{ country: 'FR', hours: at(2, '10:00') }] } },
      // On two days, as there is none on Sundays by the law of France: what never goes is looked at a day after its own last look.
      { quietHours: { ...closed, hours: [...at(4, '09:00'), ...at(5, '09:00')], legalDefaults: true } },
      { timezone: 'America/Sao_Paulo' },
      { quietHours: { ...closed, hours: at(2, '21:00'), countries: [{ country: 'US', hours: at(5, '06:00') }] } },
      { quietHours: { ...closed, channels: ['email'] } },
      { quietHours: closed },
      { quietHours: null },
    ];
    for (const change of changes) {
      await settings(change);
      const fresh = await sendAll(app, own, messages);
      for (const [place, { to }] of people.entries()) waiting.get(to)?.push(fresh[place] ?? '');
      await until(
        async () => {
          const known = await fates();
          return [...waiting.values()].every((ids) => {
            const newest = known.get(ids.at(-1) ?? '') ?? null;
            return newest !== null && ids.every((id) => known.get(id) === newest);
          });
        },
        { withinMs: 60_000, what: `All are due with the newest after ${JSON.stringify(change)}` },
      );
      if ((await fates()).get(waiting.get('+33612345678')?.at(-1) ?? '') === 'sent')
        for (const ids of waiting.values()) ids.length = 0;
    }
    expect([...waiting.values()].flat()).toEqual([]);
    await until(async () => (await app.database.query(`select from quiet_hours_change`)).length === 0);
  });

  test('that change move what waits to the hour on the wall in the night in which clocks go forward, and never before its own time', async () => {
    const own = await app.tenant();
    const quietHours = { hours: minute, legalDefaults: false };
    await app.admin().patch(`/api/tenants/${own.id}/settings`).send({ quietHours }).expect(200);
    const key = await template(app, own, 'sms', { category: 'marketing', body: 'Doors open at 19:00' });
    await optIn(own, '+4915110000031');
    const input = { channel: 'sms', to: '+4915110000031', template: { key, data: {} } };
    const id = await send(app, own, input);
    const sendAt = new Date(Date.now() + DAY_MS).toISOString();
    const later = await send(app, own, { ...input, sendAt });
    const due = async (of: string): Promise<string | undefined> => {
      const [row] = await app.database.query<{ at: string; waits_for: string | null }>(
        `select to_char(ready_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI') as at, waits_for from pending where message_id = $1`,
        [of],
      );
      return row?.at;
    };
    const soon = new Date(Date.now() + 60_000).toISOString().slice(0, 16);
    await until(async () => ((await due(id)) ?? '') > soon);
    await app.database.query(
      `update tenant set quiet_hours = jsonb_set(quiet_hours, '{hours}', '[{"days": ["sun"], "from": "08:00", "to": "21:00"}]') where id = $1`,
      [own.id],
    );
    // As if it were the night before that Sunday: a run of the schedule's own, by today's clock, may come first.
    const night = new Date('2027-03-27T23:00:00Z');
    await until(async () => {
      await app.nest.get(QuietHoursChanges).note(own.id);
      await app.nest.get(QuietHoursSchedule).moveOf(own.id, night);
      return (await due(id)) === '2027-03-28T06:00';
    });
    await app.admin().patch(`/api/tenants/${own.id}/settings`).send({ quietHours: null }).expect(200);
    await whenStatus(app, own, id, 'delivered');
    expect(await due(later)).toBe(sendAt.slice(0, 16));
  });

  test('that change while somebody else holds what waits move that too, once it is let go', async () => {
    const own = await app.tenant();
    const set = (quietHours: unknown): Promise<unknown> =>
      app.admin().patch(`/api/tenants/${own.id}/settings`).send({ quietHours }).expect(200);
    await set({ hours: minute, legalDefaults: false });
    const key = await template(app, own, 'sms', { category: 'marketing', body: 'Doors open at 19:00' });
    await optIn(own, '+4915110000041');
    const id = await send(app, own, { channel: 'sms', to: '+4915110000041', template: { key, data: {} } });
    const isWaiting = `select from pending where message_id = $1 and waits_for = 'quiet_hours' and claim is null`;
    await until(async () => (await app.database.query(isWaiting, [id])).length === 1);
    const isAwaited = `select from quiet_hours_change where tenant_id = $1 and awaited = array[$2::uuid]`;
    await app.database.transaction(async () => {
      await app.database.query(`select from pending where message_id = $1 for update`, [id]);
      await set(null);
      await until(async () => (await app.database.query(isAwaited, [own.id, id])).length === 1, { withinMs: 60_000 });
    });
    await whenStatus(app, own, id, 'delivered');
  });

  async function optIn(own: Tenant, person: string): Promise<void> {
    await app
      .as(own)
      .put(`/api/consent/${own.defaultVenueId}/${encodeURIComponent(person)}`)
      .send({ channel: 'sms', status: 'opted_in', source: 'test' })
      .expect(200);
  }
});
