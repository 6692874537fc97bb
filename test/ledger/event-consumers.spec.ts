/** What every consumer of the ledger's events may rely on. */
import { Client } from 'pg';
import { EventConsumer, EventConsumers, type EventBatch } from '../../src/ledger/index.js';
import { consume } from '../support/consumers.js';
import { openTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../../harness/until.js';

let app: TestApp;
let consumers: EventConsumers;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' }); // its schedules rest: only the test runs consumers
  consumers = app.nest.get(EventConsumers);
  await app.database.query(`create table noted (consumer text, seq bigint)`);
});
afterAll(() => app.close());

/** Notes what it was given in a table, and can be made to fail after that. */
class Notes extends EventConsumer {
  fails = false;
  /** How many events it was given, each time. */
  readonly sizes: number[] = [];

  constructor(
    readonly name: string,
    override readonly minAge: string | null = null,
    override readonly gatherMs = 0,
  ) {
    super();
  }

  async consume({ events }: EventBatch): Promise<void> {
    const written = await app.database.query(`insert into noted select $1, seq from ${events} as event returning seq`, [
      this.name,
    ]);
    this.sizes.push(written.length);
    if (this.fails) throw new Error('as asked');
  }
}

async function write(count: number, age = '0 seconds'): Promise<number[]> {
  const written = await app.database.query<{ seq: string }>(
    `insert into message_event (message_id, tenant_id, at, kind, channel, category, provider, segments, source)
     select uuidv7(), uuidv7(), now() - $2::interval, 'queued', 'sms', 'transactional', 'twilio', 1, 'api'
     from generate_series(1, $1::int) returning seq`,
    [count, age],
  );
  return written.map(({ seq }) => Number(seq));
}

async function notedBy(name: string): Promise<number[]> {
  const rows = await app.database.query<{ seq: string }>(`select seq from noted where consumer = $1 order by seq`, [
    name,
  ]);
  return rows.map(({ seq }) => Number(seq));
}

/** Runs it until it has taken all of these: a transaction of another test file on this server may hold them back. */
const whenNoted = (name: string, expected: readonly number[]): Promise<unknown> =>
  until(async () => {
    await consumers.run(name);
    return (await notedBy(name)).length >= expected.length;
  });

test('a new consumer begins with the first event there is, and takes each once', async () => {
  const first = await write(3);
  consumers.add(new Notes('first'));
  await whenNoted('first', first);
  const more = await write(2);
  await whenNoted('first', [...first, ...more]);
  await Promise.all([consumers.run('first'), consumers.run('first')]);
  expect(await notedBy('first')).toEqual([...first, ...more]);
});

test('a consumer that is far behind takes all, at most 20,000 at once', async () => {
  const notes = new Notes('far behind');
  consumers.add(notes);
  const written = [...(await write(20_000)), ...(await write(1)), ...(await write(25_000))];
  await whenNoted('far behind', written);
  const noted = await notedBy('far behind');
  expect(new Set(noted).size).toBe(noted.length);
  expect(noted).toEqual(expect.arrayContaining([written[0], written.at(-1)]));
  expect(Math.max(...notes.sizes)).toBe(20_000);
});

test('what a consumer wrote is lost with its place when it throws, and it is given the same events again', async () => {
  const notes = new Notes('throwing');
  consumers.add(notes);
  const [last = 0] = await write(1);
  await until(async () => {
    await consumers.run('throwing');
    return (await notedBy('throwing')).includes(last);
  });
  const before = await notedBy('throwing');
  const written = await write(4);
  notes.fails = true;
  await until(async () => {
    const outcome = await consumers.run('throwing').catch((error: unknown) => error);
    return outcome instanceof Error && outcome.message === 'as asked';
  });
  expect(await notedBy('throwing')).toEqual(before);
  notes.fails = false;
  await whenNoted('throwing', [...before, ...written]);
  expect(await notedBy('throwing')).toEqual([...before, ...written]);
});

test('a consumer that wants events of an age takes none that is younger', async () => {
  const old = await write(2, '2 hours');
  const young = await write(2, '10 minutes');
  const notes = new Notes('patient', '1 hour');
  consumers.add(notes);
  await app.database.query(`update message_event set at = at - interval '2 hours' where seq < $1`, [old[0]]);
  await until(async () => {
    await consumers.run('patient');
    return (await notedBy('patient')).includes(old.at(-1) ?? 0);
  });
  expect(await notedBy('patient')).not.toEqual(expect.arrayContaining([young[0]]));
  await app.database.query(`update message_event set at = at - interval '51 minutes' where seq >= $1`, [young[0]]);
  await consume(app, 'patient');
  expect((await notedBy('patient')).slice(-4)).toEqual([...old, ...young]);
});

test('those that have taken all are only noted to have, in the same moment, and run as soon as there is more for them', async () => {
  const [eager, waiting] = [new Notes('eager'), new Notes('waiting', '1 hour')];
  for (const consumer of [eager, waiting]) consumers.add(consumer);
  await write(1, '2 hours');
  const runAll = (): Promise<unknown> => Promise.all([eager, waiting].map(({ name }) => consumers.runIfBehind(name)));
  const untilNoted = (name: string, seq: number | undefined): Promise<unknown> =>
    until(async () => {
      await runAll();
      return (await notedBy(name)).includes(seq ?? 0);
    });
  await app.database.query(`update message_event set at = now() - interval '2 hours'`);
  await until(async () => {
    await runAll();
    const lags = await consumers.lags();
    return ['eager', 'waiting'].every((name) => lags.find((lag) => lag.name === name)?.seconds === 0);
  });

  await runAll();
  expect(new Set(await Promise.all(['eager', 'waiting'].map((name) => consumers.movedAt(name)))).size).toBe(1);
  const before = await consumers.movedAt('waiting');
  const [young] = await write(1, '59 minutes');
  await untilNoted('eager', young);
  expect(await notedBy('waiting')).not.toContain(young);
  expect(Date.parse((await consumers.movedAt('waiting')) ?? '')).toBeGreaterThan(Date.parse(before ?? ''));
  await app.database.query(`update message_event set at = at - interval '2 minutes' where seq = $1`, [young]);
  await untilNoted('waiting', young);
});

test('one that another process is running holds up none of the others', async () => {
  for (const name of ['held', 'free']) consumers.add(new Notes(name));
  const [last = 0] = await write(1);
  await Promise.all([whenNoted('held', [last]), whenNoted('free', [last])]);
  const before = await consumers.movedAt('free');
  const other = new Client({ connectionString: app.config.databaseUrl });
  await other.connect();
  await other.query(`begin; select from event_cursor where name = 'held' for update`);
  const held = consumers.runIfBehind('held');
  const free = consumers.runIfBehind('free');
  try {
    const hasMoved = async (): Promise<boolean> =>
      Date.parse((await consumers.movedAt('free')) ?? '') > Date.parse(before ?? '');
    await until(hasMoved, { withinMs: 30_000 });
  } finally {
    await other.end();
  }
  await Promise.all([free, held]);
});

test('one that gathers leaves many until the first of them is of an age, and takes few at once', async () => {
  const notes = new Notes('gathering', null, 60_000);
  consumers.add(notes);
  const takeAll = (last = 0): Promise<unknown> =>
    until(async () => {
      await consumers.runIfBehind('gathering');
      return (await notedBy('gathering')).includes(last);
    });
  const [first] = await write(1, '2 minutes');
  await takeAll(first);
  await takeAll((await write(1))[0]);

  const many = await write(600);
  // While another file's transaction holds all of them back they are not there yet, and the consumer has taken all.
  await until(async () => {
    const before = await consumers.movedAt('gathering');
    await consumers.runIfBehind('gathering');
    expect(await notedBy('gathering')).not.toContain(many[0]);
    return (await consumers.movedAt('gathering')) === before;
  });
  await app.database.query(`update message_event set at = at - interval '61 seconds' where seq >= $1`, [many[0]]);
  await takeAll(many.at(-1));
  expect(notes.sizes.at(-1)).toBe(600);
});

test('how far each is behind can be read, by name', async () => {
  await write(1, '40 seconds');
  consumers.add(new Notes('behind'));
  const lag = async (): Promise<number> =>
    (await consumers.lags()).find(({ name }) => name === 'behind')?.seconds ?? -1;
  expect(await lag()).toBeGreaterThan(39);
  const metrics = await app.http.get('/metrics').expect(200);
  expect(metrics.text).toMatch(/callboard_event_consumer_lag_seconds\{consumer="behind"\} [1-9]/);
  await until(async () => {
    await consumers.run('behind');
    return (await lag()) === 0;
  });
});

test('two consumers of one name are refused: they would share a place', () => {
  consumers.add(new Notes('twin'));
  expect(() => consumers.add(new Notes('twin'))).toThrow('Two event consumers are called twin');
});

test('the service’s own consumers are found by themselves', () => {
  expect(consumers.names).toEqual(
    expect.arrayContaining(['usage', 'channel-fallback', 'missing-reports-1-hour', 'missing-reports-1-day']),
  );
});

test('a process of the release before moves the same places under their old names', async () => {
  await app.database.query(`select tx, seq from usage_cursor where name = 'daily' for update`);
  await app.database.query(`update usage_cursor set tx = '7', seq = 7, moved_at = now() where name = 'daily'`);
  await app.database.query(
    `update silence_cursor set tx = '8', seq = 8 where name = '1 day' and (tx, seq) < ('8'::xid8, 8)`,
  );
  const places = await app.database.query(
    `select name, tx::text as tx from event_cursor where name in ('usage', 'missing-reports-1-day') order by name`,
  );
  expect(places).toEqual([
    { name: 'missing-reports-1-day', tx: '8' },
    { name: 'usage', tx: '7' },
  ]);
});
