/** Imports whose connection breaks, which are followed, and of which there are several at once. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { counts, CSV, newAudience, type Audience, type Import, type Upload } from './support.js';

let app: TestApp;
let tenant: Tenant;
let audience: Audience;

beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
});
beforeEach(async () => {
  tenant = await app.tenant();
  audience = await newAudience(app, tenant);
});
afterAll(() => app.close());

const HEAD = 'email,row\n';
/** Rows from one number to before another. */
const rows = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `p${from + index}@example.com,${from + index}\n`).join('');

/** The audience's only import, once it is as it should be. */
const imported = (isSo: (one: Import) => boolean, of = audience): Promise<Import> =>
  until(async () => (await of.imports()).find(isSo));

/** Begins an import and waits until its first two batches are written. */
async function halfway(headers: Record<string, string> = {}): Promise<Upload> {
  const upload = audience.upload(CSV, headers).write(HEAD + rows(0, 5_000));
  await imported(({ status, lines }) => status === 'running' && lines === 4_001);
  return upload;
}

async function expectWhole(size: number): Promise<void> {
  expect(await audience.counts()).toEqual({ email: size, phone: 0 });
  expect(await audience.counted()).toEqual({ email: size, phone: 0 });
}

test('An import can be followed while it runs', async () => {
  const upload = await halfway();
  expect(await audience.imports()).toMatchObject([
    { ...counts({ inserted: 4_000 }), status: 'running', endedAt: null },
  ]);
  await expectWhole(4_000);
  upload.write(rows(5_000, 7_000));
  await imported(({ lines }) => lines === 6_001);
  const answer = await upload.end(rows(7_000, 8_000)).answer;
  expect(answer).toMatchObject({ status: 200, body: { ...counts({ inserted: 8_000 }), status: 'finished' } });
  await expectWhole(8_000);
});

test('An import that comes in slowly is seen to go on', async () => {
  const upload = audience.upload().write(HEAD);
  let sent = 0;
  await until(async () => {
    upload.write(rows(sent, (sent += 1)));
    return (await audience.imports()).some(({ status, lines }) => status === 'running' && lines > 1);
  });
  expect(sent).toBeLessThan(2_000);
  expect(await upload.end().answer).toMatchObject({ status: 200, body: counts({ inserted: sent }) });
});

test('An import that the database lets down says how it goes on', async () => {
  const key = { 'idempotency-key': 'guests-1' };
  const upload = await halfway(key);
  await app.database.transaction(async () => {
    await app.database.query(`select from audience_import where audience_id = $1 for update`, [audience.id]);
    upload.write(rows(5_000, 7_000));
    await until(async () => {
      const ended = await app.database.apart(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query like '%insert into contact%'`,
      );
      return ended.length > 0;
    });
  });
  expect(await upload.end().answer).toMatchObject({ status: 503, body: { code: 'import_interrupted' } });
  expect(await audience.imports()).toMatchObject([{ status: 'interrupted', lines: 4_001 }]);
  expect(await audience.import(CSV, HEAD + rows(0, 8_000), key)).toMatchObject({ body: counts({ inserted: 8_000 }) });
  await expectWhole(8_000);
});

describe('When the connection breaks', () => {
  test('what was written stays, and the import is interrupted', async () => {
    const upload = await halfway();
    upload.destroy();
    expect(await imported(({ status }) => status === 'interrupted')).toMatchObject({
      ...counts({ inserted: 4_000 }),
      lines: 4_001,
      endedAt: expect.any(String) as unknown,
    });
    await expectWhole(4_000);
  });

  test('the same request with the same Idempotency-Key goes on where it was', async () => {
    const key = { 'idempotency-key': 'guests-1' };
    (await halfway(key)).destroy();
    const { id } = await imported(({ status }) => status === 'interrupted');
    const answer = await audience.import(CSV, HEAD + rows(0, 9_000), key);
    expect(answer).toMatchObject({ status: 200, body: { ...counts({ inserted: 9_000 }), id, status: 'finished' } });
    expect(answer.headers).not.toHaveProperty('idempotency-replayed');
    await expectWhole(9_000);

    const again = await audience.import(CSV, HEAD + rows(0, 9_000), key);
    expect(again).toMatchObject({ status: 200, body: answer.body, headers: { 'idempotency-replayed': 'true' } });
    expect(await audience.imports()).toHaveLength(1);
  });

  test('another file with that Idempotency-Key is refused, before or after its end', async () => {
    const key = { 'idempotency-key': 'guests-1' };
    (await halfway(key)).destroy();
    await imported(({ status }) => status === 'interrupted');
    const reused = { status: 409, body: { code: 'idempotency_key_reused' } };
    expect(await audience.import(CSV, HEAD + rows(1, 9_000), key)).toMatchObject(reused);
    expect(await audience.import(CSV, HEAD + rows(0, 3_000), key)).toMatchObject(reused);
    expect(await (await newAudience(app, tenant)).import(CSV, HEAD + rows(0, 9_000), key)).toMatchObject(reused);
    await expectWhole(4_000);

    expect(await audience.import(CSV, HEAD + rows(0, 6_000), key)).toMatchObject({ status: 200 });
    expect(await audience.import(CSV, HEAD + rows(0, 6_001), key)).toMatchObject(reused);
    expect(await audience.import(CSV, HEAD + rows(0, 5_999), key)).toMatchObject(reused);
    expect(await audience.import(CSV, HEAD + rows(1, 6_001), key)).toMatchObject(reused);
    await expectWhole(6_000);
  });

  test('and nobody has noticed it yet, the same request takes over at once', async () => {
    const key = { 'idempotency-key': 'guests-1' };
    const first = await halfway(key);
    const second = audience.upload(CSV, key).write(HEAD + rows(0, 7_000));
    await imported(({ lines }) => lines === 6_001);
    expect(await first.end(rows(5_000, 9_000)).answer).toMatchObject({
      status: 409,
      body: { code: 'import_taken_over' },
    });
    const answer = await second.end(rows(7_000, 9_000)).answer;
    expect(answer).toMatchObject({ status: 200, body: { ...counts({ inserted: 9_000 }), status: 'finished' } });
    await expectWhole(9_000);
  });

  test('a key of yesterday is a new one', async () => {
    const key = { 'idempotency-key': 'guests-1' };
    await audience.import(CSV, HEAD + rows(0, 10), key);
    await app.database.query(`update audience_import set started_at = now() - interval '24 hours 1 second'`);
    const answer = await audience.import(CSV, HEAD + rows(0, 20), key);
    expect(answer).toMatchObject({ status: 200, body: counts({ inserted: 10, unchanged: 10 }) });
  });

  test('because the service stops, the import can go on in the next', async () => {
    const key = { 'idempotency-key': 'guests-1' };
    const { databaseUrl, encryptionKeys } = app.config;
    const other = await openTestApp({ role: 'api', databaseUrl, encryptionKeys });
    const elsewhere = audience.in(other);
    const upload = elsewhere.upload(CSV, key).write(HEAD + rows(0, 5_000));
    await imported(({ lines }) => lines === 4_001);
    await other.close();
    expect(await upload.answer).toBe('broken');
    expect(await audience.imports()).toMatchObject([{ status: 'interrupted', lines: 4_001 }]);
    expect(await audience.import(CSV, HEAD + rows(0, 6_000), key)).toMatchObject({ body: counts({ inserted: 6_000 }) });
  });

  test('because the process died, the import reads as interrupted after a minute', async () => {
    const upload = await halfway();
    await app.database.query(`update audience_import set progressed_at = now() - interval '61 seconds'`);
    expect(await audience.imports()).toMatchObject([{ status: 'interrupted', lines: 4_001 }]);
    await expectWhole(4_000);
    upload.destroy();
    await imported(({ endedAt }) => endedAt !== null);
    await expectWhole(4_000);
  });
});

describe('Several imports', () => {
  test('go into one audience at once, and its counts are exact', async () => {
    const [one, two] = [audience.upload(), audience.upload()];
    for (let from = 0; from < 12_000; from += 1_000) {
      one.write((from === 0 ? HEAD : '') + rows(from, from + 1_000));
      two.write((from === 0 ? HEAD : '') + rows(17_000 - from, 18_000 - from));
    }
    const answers = await Promise.all([one.end().answer, two.end().answer]);
    expect(answers).toMatchObject([{ status: 200 }, { status: 200 }]);
    const [left, right] = answers.map((answer) => (answer === 'broken' ? counts({}) : answer.body));
    expect((left?.inserted ?? 0) + (right?.inserted ?? 0)).toBe(18_000);
    expect((left?.unchanged ?? 0) + (right?.unchanged ?? 0)).toBe(6_000);
    await expectWhole(18_000);
  });

  test('of one tenant are two at once, and no more', async () => {
    const others = [await newAudience(app, tenant), await newAudience(app, tenant)];
    const uploads = others.map((other) => other.upload().write(HEAD + rows(0, 2_000)));
    for (const other of others) await imported(({ lines }) => lines === 2_001, other);
    const third = await audience.import(CSV, HEAD + rows(0, 10));
    expect(third).toMatchObject({ status: 429, headers: { 'retry-after': '10' }, body: { code: 'too_many_imports' } });

    const neighbour = await newAudience(app, await app.tenant());
    expect(await neighbour.import(CSV, HEAD + rows(0, 10))).toMatchObject({ status: 200 });
    await uploads[0]?.end().answer;
    expect(await audience.import(CSV, HEAD + rows(0, 10))).toMatchObject({ status: 200 });
    await uploads[1]?.end().answer;
  });

  test('do not go into an audience that is deleted meanwhile', async () => {
    const upload = await halfway();
    await app.as(tenant).delete(audience.path).expect(204);
    upload.write(rows(5_000, 7_000));
    expect(await upload.end().answer).toMatchObject({ status: 404, body: { code: 'audience_not_found' } });
    expect(await audience.counted()).toEqual({ email: 4_000, phone: 0 });
  });
});
