/** A campaign whose workers are killed at random while it is frozen, sent, paused and resumed. */
import { cloneDatabase } from '../support/databases.js';
import { RecordFollower } from '../../harness/sandbox-record.js';
import { query } from '../../harness/query.js';
import type { ServiceProcess } from '../../harness/service-process.js';
import type { CampaignView } from '../../src/campaigns/campaigns.dto.js';
import { prove } from '../campaigns/campaign.support.js';
import { deployment, endProcesses, startService } from '../support/process.js';
import { until } from '../../harness/until.js';

const SIZE = 2_400;
const KILLS = 4;
/** Its counts are summed at each look. */
const POLLING = { everyMs: 250 };

let common: ReturnType<typeof deployment>;
let api: ServiceProcess;
let tenant: string;
let record: RecordFollower;
const workers: ServiceProcess[] = [];

beforeAll(async () => {
  common = deployment(await cloneDatabase());
  api = await (await startService({ ...common, CALLBOARD_ROLE: 'api' })).ready();
  record = new RecordFollower(api.url);
  tenant = (await call<{ id: string }>('POST', '/api/tenants', { name: 'Riverside', slug: 'riverside' })).id;
});

afterAll(endProcesses);

async function call<Body>(method: string, path: string, body?: object): Promise<Body> {
  const answer = await api.call<Body>(method, path, {
    key: common.CALLBOARD_ADMIN_KEY,
    tenantId: tenant,
    ...(body && { body }),
  });
  if (answer.status >= 400)
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function startWorker(): Promise<void> {
  const worker = await startService({ ...common, CALLBOARD_ROLE: 'worker' });
  workers.push(worker);
  await worker.ready();
}

async function look(id: string): Promise<CampaignView> {
  const view = await call<CampaignView>('GET', `/api/campaigns/${id}`);
  prove(view.progress);
  return view;
}

/** Everybody to whom the sandbox's SES took a message: who was sent to twice is here twice. */
const taken = async (): Promise<string[]> => (await record.look()).map(({ to }) => to);

test('nobody is sent to twice and nobody is forgotten, and the counts are true all the time', async () => {
  await Promise.all([startWorker(), startWorker()]);
  await call('POST', '/api/templates', {
    key: 'news',
    channel: 'email',
    category: 'transactional',
    subject: 'Hi {{ name }}',
    text: 'Doors at 19:00',
  });
  const [audience] = await query<{ id: string }>(
    common.DATABASE_URL,
    `insert into audience (tenant_id, name) values ('${tenant}', 'People') returning id`,
  );
  await query(
    common.DATABASE_URL,
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select '${audience?.id}', 'email', 'guest' || n || '@example.com', '{"name": "Guest"}', uuidv7() from generate_series(1, ${SIZE}) as n`,
  );
  await call('PUT', '/sandbox/faults', { calls: [{ provider: 'ses', latencyMs: { min: 50, max: 400 } }] });
  const body = {
    name: 'News',
    channel: 'email',
    templateKey: 'news',
    audienceId: audience?.id,
    pauseAtFailurePercent: null,
    messagesPerMinute: 9_000, // it must not be over before its workers are
  };
  const { id } = await call<CampaignView>('POST', '/api/campaigns', body);
  await call('POST', `/api/campaigns/${id}/launch`);

  const starting: Promise<void>[] = [];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const goal = (SIZE / (KILLS + 1)) * kill;
    await until(async () => {
      const { progress } = await look(id);
      return progress.messages - progress.remaining >= goal;
    }, POLLING);
    await workers.shift()?.stop('SIGKILL');
    // It goes on with one worker while the next one starts, and must not be over before it has been paused.
    if (kill !== 2) starting.push(startWorker());
    else {
      await call('POST', `/api/campaigns/${id}/pause`);
      await Promise.all([...starting.splice(0), startWorker()]);
      await call('POST', `/api/campaigns/${id}/resume`);
    }
  }
  await Promise.all(starting);

  const sent = await until(async () => {
    const view = await look(id);
    return view.status === 'SENT' && view;
  }, POLLING);
  expect(sent.progress).toMatchObject({ audience: SIZE, excluded: 0, messages: SIZE, frozen: true });
  // What was in a killed worker's hands is settled by the provider's word, or stays in doubt where it was never taken.
  const settled = await until(async () => {
    const { byStatus } = (await look(id)).progress;
    const people = await taken();
    return byStatus['delivered'] === people.length && { byStatus, people };
  }, POLLING);
  expect(new Set(settled.people).size).toBe(settled.people.length);
  expect(settled.people.length + (settled.byStatus['unknown'] ?? 0)).toBe(SIZE);
  const counted = await query<{ status: string; count: number }>(
    common.DATABASE_URL,
    `select status, count(*)::int as count from message where campaign_id = '${id}' group by status`,
  );
  expect(Object.fromEntries(counted.map(({ status, count }) => [status, count]))).toEqual(settled.byStatus);
});

test('over several channels each person is written to once, by one of their addresses, though workers are killed as people are expanded and sent to', async () => {
  const people = SIZE / 4;
  await call('POST', '/api/templates', {
    key: 'news-by-text',
    channel: 'sms',
    category: 'transactional',
    body: 'Hi {{ name }}, doors at 19:00',
  });
  const [audience] = await query<{ id: string }>(
    common.DATABASE_URL,
    `insert into audience (tenant_id, name) values ('${tenant}', 'People of two addresses') returning id`,
  );
  await query(
    common.DATABASE_URL,
    `insert into contact (audience_id, kind, address, attributes, import_id, person, preferred_channel)
     select '${audience?.id}', kind, address, '{"name": "Guest"}', uuidv7(), 'customer:' || n, case when n % 3 = 0 then 'sms' end
     from generate_series(1, ${people}) as n, lateral (values
       ('email', 'person' || n || '@example.com'), ('phone', '+1415' || 5550000 + n)) as address (kind, address)`,
  );
  const { id } = await call<CampaignView>('POST', '/api/campaigns', {
    name: 'News',
    channels: [
      { channel: 'email', templateKey: 'news' },
      { channel: 'sms', templateKey: 'news-by-text' },
    ],
    audienceId: audience?.id,
    pauseAtFailurePercent: null,
  });
  await call('POST', `/api/campaigns/${id}/launch`);
  for (const goal of [0, people / 3, (people * 2) / 3]) {
    await until(async () => {
      const { progress } = await look(id);
      return goal === 0 || progress.messages - progress.remaining >= goal;
    }, POLLING);
    await workers.shift()?.stop('SIGKILL');
    await startWorker();
  }
  const sent = await until(async () => {
    const view = await look(id);
    return view.status === 'SENT' && view;
  }, POLLING);
  const byText = Math.floor(people / 3);
  expect(sent.progress).toMatchObject({
    audience: people,
    excluded: 0,
    messages: people,
    byChannel: { email: people - byText, sms: byText },
  });
  const settled = await until(async () => {
    const { byStatus } = (await look(id)).progress;
    const ours = (await taken()).map(personOf).filter((person) => person !== undefined);
    return byStatus['delivered'] === ours.length && { byStatus, ours };
  }, POLLING);
  expect(new Set(settled.ours).size).toBe(settled.ours.length);
  expect(settled.ours.length + (settled.byStatus['unknown'] ?? 0)).toBe(people);
});

test('a test of two templates is decided once by two workers, and the rest goes once, though workers are killed before, at and after the decision', async () => {
  const people = SIZE / 4;
  while (workers.length < 2) await startWorker();
  for (const key of ['news-a', 'news-b']) {
    const texts = { subject: `${key} for {{ name }}`, text: 'Doors at 19:00' };
    await call('POST', '/api/templates', { key, channel: 'email', category: 'transactional', ...texts });
  }
  const [audience] = await query<{ id: string }>(
    common.DATABASE_URL,
    `insert into audience (tenant_id, name) values ('${tenant}', 'People who are tried on') returning id`,
  );
  await query(
    common.DATABASE_URL,
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select '${audience?.id}', 'email', 'tried' || n || '@example.com', '{"name": "Guest"}', uuidv7() from generate_series(1, ${people}) as n`,
  );
  const { id } = await call<CampaignView>('POST', '/api/campaigns', {
    name: 'News',
    channel: 'email',
    variants: [{ templateKey: 'news-a' }, { templateKey: 'news-b' }],
    test: { sharePercent: 30, durationMinutes: 5, minimum: 1 },
    audienceId: audience?.id,
    pauseAtFailurePercent: null,
  });
  const kill = async (): Promise<void> => {
    await workers.shift()?.stop('SIGKILL');
    await startWorker();
  };
  await call('POST', `/api/campaigns/${id}/launch`);
  await kill();
  const testing = await until(async () => {
    const view = await look(id);
    return view.test?.decidesAt !== null && view.variants.every(({ delivered }) => delivered > 0) && view;
  }, POLLING);
  const group = testing.progress.messages;
  expect(testing).toMatchObject({ status: 'SENDING', progress: { frozen: false, remaining: 0 } });
  await query(
    common.DATABASE_URL,
    `update campaign_test set sent_at = now() - interval '1 hour' where campaign_id = '${id}'`,
  );
  await kill();
  await until(async () => (await look(id)).progress.messages > group, POLLING);
  await kill();
  const sent = await until(async () => {
    const view = await look(id);
    return view.status === 'SENT' && view;
  }, POLLING);
  expect(sent.progress).toMatchObject({ audience: people, excluded: 0, messages: people, frozen: true });
  expect(sent.test).toMatchObject({ winner: 'news-a', reason: 'tie' });
  const written = await query<{ messages: number; recipients: number; b: number }>(
    common.DATABASE_URL,
    `select count(*)::int as messages, count(distinct recipient)::int as recipients,
       count(*) filter (where template_version_id = (select template_version_id from campaign_variant where campaign_id = '${id}' and place = 2))::int as b
     from message where campaign_id = '${id}'`,
  );
  expect(written).toMatchObject([{ messages: people, recipients: people }]);
  expect(written[0]?.b).toBeGreaterThan(0);
  expect(written[0]?.b).toBeLessThan(group);
});

/** The number of a person of two addresses, by either. */
function personOf(address: string): number | undefined {
  const [, mail, text] = /^person(\d+)@|^\+1415(555\d{4})$/.exec(address) ?? [];
  if (mail !== undefined) return Number(mail);
  return text === undefined ? undefined : Number(text) - 5_550_000;
}
