/** How many series the metrics have, whatever tenants, callers and providers send. */
import { Metrics, DomainEvents } from '../../src/kernel/index.js';
import {
  MessagesDeferred,
  MessagesDelivered,
  MessagesDoubted,
  MessagesFailed,
  MessagesSent,
  MessagesSkipped,
  type Moved,
} from '../../src/ledger/index.js';
import { CHANNELS, PROVIDERS } from '../../src/providers/index.js';
import { until } from '../../harness/until.js';
import { send, whenEnded } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

const MANY = 1_000;

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

/** What the service does by itself shows with time: its schedules, and what it asks of the sandbox. */
const ofItsOwn = (one: string): boolean => /\{schedule=|route="\/sandbox\//.test(one);

/** The series of our own metrics. */
async function series(): Promise<string[]> {
  const { text } = await app.http.get('/metrics').expect(200);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.slice(0, line.lastIndexOf(' '))).filter((line) => !/^(process|nodejs)_/.test(line));
}

/** Messages of as many tenants, with what a provider may make up. */
const strange = (wave: number): Moved[] =>
  Array.from({ length: MANY }, (_, place) => ({
    id: `0199f3a0-7c1e-7b3a-9d1c-${String(place).padStart(12, '0')}`,
    tenant_id: `0199f3a0-6b2d-7a1${wave}-8c3e-${String(place).padStart(12, '0')}`,
    channel: CHANNELS[place % CHANNELS.length] ?? 'sms',
    category: 'marketing',
    provider: place % 7 === 0 ? `provider-${wave}-${place}` : (PROVIDERS[place % PROVIDERS.length] ?? 'ses'),
    status: 'failed',
    previous: 'sending',
    error_code: place % 2 === 0 ? `+4917139${wave}${place}` : `ana${wave}.${place}@example.com refused`,
    first_sent: false,
  }));

/** What a hundred callers ask for. */
async function requests(wave: number): Promise<void> {
  const tenant = await app.tenant();
  for (let place = 0; place < 20; place += 1) {
    await app.as(tenant).get(`/api/templates/ana${wave}.${place}@example.com`).expect(404);
    await app.http.get(`/nowhere/${wave}/${place}?to=%2B4917139${place}`).expect(404);
    await app.http.post(`/webhook/provider-${wave}-${place}`).send({}).expect(404);
    await app
      .as(tenant)
      .post('/api/messages')
      .send({ channel: `channel-${wave}-${place}` })
      .expect(400);
  }
}

/** A message by text and one by email, each to somebody new, of a new tenant. */
async function messages(): Promise<void> {
  const tenant = await app.tenant();
  const { venueId } = await venueWith(app, tenant, 'sms');
  const text = { channel: 'sms', venueId, to: newNumber(), content: { body: 'Doors at 19:00' } };
  const email = { channel: 'email', to: newMailbox(), content: { subject: 'Doors', text: 'at 19:00' } };
  for (const message of [text, email]) await whenEnded(app, tenant, await send(app, tenant, message));
}

async function traffic(wave: number): Promise<void> {
  const moved = strange(wave);
  const kinds = [MessagesSent, MessagesDelivered, MessagesFailed, MessagesSkipped, MessagesDoubted, MessagesDeferred];
  await app.nest.get(DomainEvents).publish(kinds.map((Kind) => new Kind(moved)));
  await requests(wave);
  await messages();
}

test('More tenants, addresses, codes and paths make no more series, and none of them is in a label', async () => {
  await traffic(1);
  await until(async () =>
    (await series()).some((one) => one.startsWith('webhook_duration_count') && one.includes('apply')),
  );
  const before = await series();
  await traffic(2);
  const after = await series();
  expect(after.filter((one) => !before.includes(one) && !ofItsOwn(one))).toEqual([]);
  expect(after.join('\n')).not.toMatch(/ana|example\.com|4917|0199f3a0|provider-\d|channel-\d/);
});

test('A label has only the values that its metric names, and `other`', async () => {
  const defined = new Map(
    app.nest.get(Metrics).defined.map(({ name, labels = {} }) => [name.replaceAll('.', '_'), labels] as const),
  );
  const odd: string[] = [];
  for (const one of await series()) {
    const [, name = '', pairs = ''] = /^([a-z_]+?)(?:\{(.*)\})?$/.exec(one) ?? [];
    const labels = defined.get(name) ?? defined.get(name.replace(/_(bucket|sum|count)$/, ''));
    for (const [, label = '', value = ''] of pairs.matchAll(/(\w+)="([^"]*)"/g)) {
      const values = label === 'le' ? 'names-in-code' : (labels?.[label] ?? []);
      if (values !== 'names-in-code' && value !== 'other' && !values.includes(value)) odd.push(one);
    }
  }
  expect(odd).toEqual([]);
});
