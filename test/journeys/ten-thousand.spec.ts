/** The main job at a size where counting errors would show: what providers took, what the ledger says and what is billed agree. */
import { openHouse, type House, type Tenant } from '../support/house.js';
import { until } from '../support/until.js';

const CHANNELS = ['email', 'sms', 'whatsapp'] as const;
type Channel = (typeof CHANNELS)[number];

const PER_TENANT_AND_CHANNEL = 1_112; // 3 × 3 × 1,112 = 10,008
const LONG_TEXT = 'Doors open at 19:00, the first act begins at 20:00. '.repeat(4); // two segments of GSM-7

interface Usage {
  total: Record<'messages' | 'segments' | 'delivered' | 'failed' | 'stopped', number>;
  lines: ({ channel: Channel; category: string } & Usage['total'])[];
}

interface Taken {
  messageId: string;
  channel: Channel;
  to: string;
}

let house: House;
beforeAll(async () => {
  house = await openHouse({ databasePoolSize: 20 });
});
afterAll(() => house.close());

const recipient = (channel: Channel, tenant: number, index: number): string =>
  channel === 'email' ? `guest${index}.t${tenant}@example.com` : `+1555${String(2_000_000 + tenant * 10_000 + index)}`;

/** Every fourth message is marketing; every eighth of all has an opt-in for it. */
const isMarketing = (index: number): boolean => index % 4 === 0;
const hasOptIn = (index: number): boolean => index % 8 === 0;

async function furnish(tenant: Tenant, number: number): Promise<void> {
  const agent = house.as(tenant);
  await agent
    .post('/api/templates')
    .send({
      key: 'news',
      channel: 'email',
      category: 'marketing',
      subject: 'News for {{ name }}',
      html: '<p>{{ name }}</p>',
    })
    .expect(201);
  await agent
    .post('/api/templates')
    .send({
      key: 'wa',
      channel: 'whatsapp',
      category: 'transactional',
      contentSid: `HX${'a'.repeat(32)}`,
      contentVariables: { '1': '{{ name }}' },
    })
    .expect(201);
  for (const channel of CHANNELS) {
    const optedIn = Array.from({ length: PER_TENANT_AND_CHANNEL }, (_, index) => index).filter(
      (index) => isMarketing(index) && hasOptIn(index),
    );
    const contacts = optedIn.map((index) => ({ address: recipient(channel, number, index), status: 'opted_in' }));
    const { body } = await agent
      .post('/api/consent/import')
      .send({ venueId: tenant.defaultVenueId, channel, source: 'import', contacts })
      .expect(200);
    expect(body).toMatchObject({ imported: optedIn.length });
  }
}

function message(channel: Channel, tenant: number, index: number): object {
  const to = recipient(channel, tenant, index);
  const category = isMarketing(index) ? 'marketing' : 'transactional';
  const data = { name: `Guest ${index}` };
  if (channel === 'whatsapp') return { channel, to, category, template: { key: 'wa', data } };
  if (channel === 'sms')
    return { channel, to, category, content: { body: index % 3 === 0 ? LONG_TEXT : 'See you tonight' } };
  return isMarketing(index)
    ? { channel, to, template: { key: 'news', data } }
    : { channel, to, content: { subject: 'Tonight', text: 'See you' } };
}

async function send(tenant: Tenant, number: number): Promise<void> {
  const messages = CHANNELS.flatMap((channel) =>
    Array.from({ length: PER_TENANT_AND_CHANNEL }, (_, index) => message(channel, number, index)),
  );
  for (let at = 0; at < messages.length; at += 1_000) {
    const { body } = await house
      .as(tenant)
      .post('/api/messages/batch')
      .send({ messages: messages.slice(at, at + 1_000) })
      .expect(202);
    expect((body as { items: { error?: object }[] }).items.filter(({ error }) => error)).toEqual([]);
  }
}

async function everythingTaken(): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await house.http
      .get('/sandbox/messages')
      .query({ limit: 1_000, ...(cursor && { cursor }) })
      .expect(200);
    const page = body as { items: Taken[]; nextCursor: string | null };
    taken.push(...page.items);
    cursor = page.nextCursor;
  }
  return taken;
}

test('10,000 messages of three tenants on three channels agree in every book, with callbacks repeated and shuffled', async () => {
  const tenants: Tenant[] = [];
  for (const timezone of ['UTC', 'America/Los_Angeles', 'Pacific/Auckland'])
    tenants.push(await house.tenant({ timezone }));
  await house.http
    .put('/sandbox/faults')
    .send({ seed: 7, callbacks: { duplicate: 0.5, copies: 3, shuffle: true } })
    .expect(200);
  for (const [number, tenant] of tenants.entries()) await furnish(tenant, number);
  await Promise.all(tenants.map((tenant, number) => send(tenant, number)));

  const total = tenants.length * CHANNELS.length * PER_TENANT_AND_CHANNEL;
  const ledger = (): Promise<
    { tenant_id: string; channel: Channel; status: string; messages: number; segments: number }[]
  > =>
    house.database.query(
      `select tenant_id, channel, status, count(*)::int as messages, sum(segments)::int as segments from message group by 1, 2, 3`,
    );
  const rows = await until(async () => {
    const counted = await ledger();
    const ended = counted.filter(({ status }) => ['delivered', 'read', 'skipped_no_consent'].includes(status));
    return ended.reduce((sum, { messages }) => sum + messages, 0) === total && counted;
  }, 120_000);

  const taken = await everythingTaken();
  const of = (tenantId: string, channel: Channel, ...statuses: string[]): { messages: number; segments: number } =>
    rows
      .filter((row) => row.tenant_id === tenantId && row.channel === channel && statuses.includes(row.status))
      .reduce((sum, row) => ({ messages: sum.messages + row.messages, segments: sum.segments + row.segments }), {
        messages: 0,
        segments: 0,
      });

  // The providers' record and the ledger: the same messages, each once.
  expect(new Set(taken.map(({ messageId }) => messageId)).size).toBe(taken.length);
  const [{ sent } = { sent: -1 }] = await house.database.query<{ sent: number }>(
    `select count(*)::int as sent from message where sent_at is not null`,
  );
  expect(taken.length).toBe(sent);
  const [strangers] = await house.database.query<{ count: number }>(
    `select count(*)::int as count from unnest($1::uuid[]) as taken (id) left join message using (id) where message.sent_at is null`,
    [taken.map(({ messageId }) => messageId)],
  );
  expect(strangers?.count).toBe(0);

  // Nobody without an opt-in got marketing.
  for (const { to, channel } of taken) {
    const index =
      channel === 'email' ? Number(/guest(\d+)/.exec(to)?.[1]) : (Number(to.slice(-7)) - 2_000_000) % 10_000;
    expect(isMarketing(index) && !hasOptIn(index)).toBe(false);
  }

  // The bill and the ledger, tenant by tenant, channel by channel.
  for (const tenant of tenants) {
    const { body } = await until(async () => {
      const response = await house.as(tenant).get('/api/usage').expect(200);
      const { delivered, stopped } = (response.body as Usage).total;
      return delivered + stopped === total / tenants.length && response;
    });
    for (const channel of CHANNELS) {
      const lines = (body as Usage).lines.filter((line) => line.channel === channel);
      const billed = (name: keyof Usage['total']): number => lines.reduce((sum, line) => sum + line[name], 0);
      const arrived = of(tenant.id, channel, 'delivered', 'read');
      expect({ messages: billed('messages'), segments: billed('segments') }).toEqual(arrived);
      expect({ delivered: billed('delivered'), failed: billed('failed') }).toEqual({
        delivered: arrived.messages,
        failed: 0,
      });
      expect(billed('stopped')).toBe(of(tenant.id, channel, 'skipped_no_consent').messages);
    }
  }
}, 180_000);
