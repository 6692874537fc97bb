/** Reminders of many events in three time zones over a change of the clocks, while some of them move and some are cancelled. */
import { advance, automate, setClock, template } from '../support/automations.js';
import { openHost } from '../support/host.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

/** The same holds for 500 events of 200 people; these take seconds. */
const EVENTS = 60;
const PEOPLE = 25;
const MOVED = 6;
const CANCELLED = 3;
const HOUR = 3_600_000;

const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata'] as const;
/** Berlin’s clocks go forward in the night to the 28th of March. */
const FIRST_DAY = 27;

interface Plan {
  readonly id: string;
  readonly zone: (typeof ZONES)[number];
  /** On the event’s own clocks, in March 2027. */
  readonly day: number;
  readonly hour: number;
  readonly fate: 'stays' | 'moves' | 'cancelled';
}

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  await openHost(app, tenant);
  await template(app, tenant, 'reminder', {
    channel: 'email',
    subject: '{{ event.name }}',
    text: 'At {{ event.time }}',
  });
});
afterAll(() => app.close());

const plans: readonly Plan[] = Array.from({ length: EVENTS }, (_, number) => ({
  id: `many-${String(number).padStart(4, '0')}`,
  zone: ZONES[number % ZONES.length] ?? 'Europe/Berlin',
  day: FIRST_DAY + (number % 3),
  hour: 8 + (number % 13),
  fate: number < MOVED ? 'moves' : number < MOVED + CANCELLED ? 'cancelled' : 'stays',
}));

/** Hours east of Greenwich, of each zone on these days. */
const offsetOf = ({ zone, day, hour }: Pick<Plan, 'zone' | 'day' | 'hour'>): number => {
  if (zone === 'Asia/Kolkata') return 5.5;
  if (zone === 'America/New_York') return -4;
  return day > 28 || (day === 28 && hour >= 3) ? 2 : 1;
};
const instantOf = (at: Pick<Plan, 'zone' | 'day' | 'hour'>): number =>
  Date.UTC(2027, 2, at.day, at.hour) - offsetOf(at) * HOUR;
const moved = (plan: Plan): Plan =>
  plan.fate === 'moves' ? { ...plan, day: plan.day + 1, hour: plan.hour + 1 } : plan;
/** A day before, at the same hour of the event’s clocks. */
const dueOf = (plan: Plan): number => instantOf({ ...plan, day: plan.day - 1 });

async function prepare(): Promise<void> {
  const local = ({ day, hour }: Plan): string => `2027-03-${day}T${String(hour).padStart(2, '0')}:00`;
  await app.database.query(
    `insert into sample_host.events (tenant_id, id, name, starts_at, timezone)
     select $1, id, id, starts_at, zone from unnest($2::text[], $3::timestamp[], $4::text[]) as event (id, starts_at, zone)`,
    [tenant.id, plans.map(({ id }) => id), plans.map(local), plans.map(({ zone }) => zone)],
  );
  await app.database.query(
    `insert into sample_host.customers (tenant_id, id, email)
     select $1, event || '-' || number, event || '-' || number || '@example.com'
     from unnest($2::text[]) as event, generate_series(1, $3::int) as number`,
    [tenant.id, plans.map(({ id }) => id), PEOPLE],
  );
  const events = plans.flatMap(({ id }) =>
    Array.from({ length: PEOPLE }, (_, number) => ({
      type: 'seat.taken',
      id: `${id}-${number + 1}`,
      data: { customerId: `${id}-${number + 1}`, eventId: id },
    })),
  );
  for (let from = 0; from < events.length; from += 1_000) {
    await app
      .as(tenant)
      .post('/api/events/batch')
      .send({ events: events.slice(from, from + 1_000) })
      .expect(202);
  }
  await advance(app);
}

/** The platform changes its mind at this time. */
async function change(): Promise<void> {
  for (const plan of plans.filter(({ fate }) => fate !== 'stays')) {
    const { day, hour } = moved(plan);
    await app.database.query(
      `update sample_host.events set starts_at = $3::timestamp, status = $4 where tenant_id = $1 and id = $2`,
      [tenant.id, plan.id, `2027-03-${day}T${hour}:00`, plan.fate === 'moves' ? 'rescheduled' : 'cancelled'],
    );
    const type = plan.fate === 'moves' ? 'event.rescheduled' : 'event.cancelled';
    await app
      .as(tenant)
      .post('/api/events')
      .send({ type, id: `${plan.id}-${type}`, data: { eventId: plan.id } })
      .expect(202);
  }
}

test('Each person gets one reminder at the right hour, of an event that moved at its new one, and none of one that was cancelled', async () => {
  const start = Date.UTC(2027, 2, 25, 12);
  setClock(app, new Date(start).toISOString());
  await automate(app, tenant, {
    trigger: 'seat.taken',
    stopOn: ['event.cancelled'],
    steps: [
      { waitUntil: { of: 'event.startsAt', offset: '-P1D', within: 'PT15M' } },
      { send: { templates: ['reminder'] } },
    ],
  });
  await prepare();
  await change();
  for (let now = start; now <= Date.UTC(2027, 2, 31); now += HOUR / 2) {
    setClock(app, new Date(now).toISOString());
    await advance(app);
  }
  const sent = await app.database.query<{ event_ref: string; at: string; people: number }>(
    `select event_ref, entry ->> 'at' as at, count(distinct customer_ref)::int as people
     from automation_run, jsonb_array_elements(log) as entry
     where tenant_id = $1 and entry ->> 'what' = 'sent' group by 1, 2 order by 1`,
    [tenant.id],
  );
  const expected = plans
    .filter(({ fate }) => fate !== 'cancelled')
    .map((plan) => ({ event_ref: plan.id, at: new Date(dueOf(moved(plan))).toISOString(), people: PEOPLE }));
  expect(sent).toEqual(expected);
  const [messages] = await app.database.query<{ count: number; people: number }>(
    `select count(*)::int as count, count(distinct recipient)::int as people from message where tenant_id = $1`,
    [tenant.id],
  );
  expect(messages).toEqual({ count: expected.length * PEOPLE, people: expected.length * PEOPLE });
  const ended = await app.database.query<{ status: string; reason: string | null; count: number }>(
    `select status, reason, count(*)::int as count from automation_run where tenant_id = $1 group by 1, 2 order by 1`,
    [tenant.id],
  );
  expect(ended).toEqual([
    { status: 'done', reason: null, count: expected.length * PEOPLE },
    { status: 'stopped', reason: 'event event.cancelled', count: CANCELLED * PEOPLE },
  ]);
});
