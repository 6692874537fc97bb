/** The logs that billing and BI read: a row for each message of every channel and outcome, exactly. */
import { until } from '../../harness/until.js';
import type { MessageWithEvents } from '../../src/dispatch/messages/messages.dto.js';
import { iso } from '../../src/kernel/index.js';
import { STATUSES, type MessageStatus } from '../../src/ledger/index.js';
import { waitingAddress } from '../../src/tenants/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { act, draft, emptyAudience, whenState } from '../campaigns/campaign.support.js';
import { decide } from '../support/consent.js';
import { abandon, due, email, farOff, read, send, text, whenStatus } from '../support/messages.js';
import { newAmericanNumber, newMailbox, newNumber } from '../support/people.js';
import { faults } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';

const SLUG = 'reports-riverside';
const NUMBER = '+12125550199';
const MAIL = 'tickets@riverside.example';
const ABOUT = {
  orderId: 'A-1',
  customerId: 'C-7',
  messageType: 'order-confirmation',
  reference: 'order:A-1',
  metadata: { run: 7 },
};

type Log = 'email_log' | 'whatsapp_log' | 'sms_send_history';
type Row = Readonly<Record<string, unknown>>;

let app: TestApp;
let tenant: Tenant;
let venueId: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant({ slug: SLUG });
  const { body } = await app.as(tenant).post('/api/venues').send({ name: 'Hall', externalId: 'hall-1' }).expect(201);
  venueId = (body as { id: string }).id;
  for (const channel of ['sms', 'mms', 'whatsapp']) await newSender(app, tenant, { venueId, channel, address: NUMBER });
  const mailbox = { venueId, channel: 'email', address: MAIL, displayName: 'Box Office' };
  await app.as(tenant).post('/api/senders').send(mailbox).expect(201);
  const contentSid = `HX${'d'.repeat(32)}`;
  for (const template of [
    { key: 'gate', channel: 'email', subject: 'For {{ name }}', text: 'Gate {{ gate }}' },
    { key: 'gate-text', channel: 'sms', body: 'Gate {{ gate }}' },
    { key: 'gate-whatsapp', channel: 'whatsapp', contentSid, contentVariables: { 1: '{{ name }}' } },
  ])
    await app
      .as(tenant)
      .post('/api/templates')
      .send({ category: 'transactional', ...template })
      .expect(201);
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

const LOGS: readonly Log[] = ['email_log', 'whatsapp_log', 'sms_send_history'];
const TIMES = ['created_at', 'scheduled_at', 'sent_at', 'settled_at'] as const;

/** The only row of a message, with the log that has it, and times as the API writes them. */
async function rowOf(id: string): Promise<[Log | undefined, Row]> {
  const found: [Log, Row][] = [];
  for (const log of LOGS) {
    const rows = await app.database.query<{ row: Row }>(
      `select to_jsonb(${log}) as row from ${log} where id = $1 and tenant_id = $2`,
      [id, tenant.id],
    );
    for (const { row } of rows) {
      const times = TIMES.map((name) => [name, iso(row[name] as string | null)] as const);
      found.push([log, { ...row, ...Object.fromEntries(times) }]);
    }
  }
  expect(found).toHaveLength(1);
  return found[0] ?? [undefined, {}];
}

/** What every log says of a message, by what the API says of it. */
const common = (view: MessageWithEvents): Row => ({
  id: view.id,
  tenant_id: tenant.id,
  tenant_slug: SLUG,
  venue_id: view.venueId,
  venue_external_id: view.venueId === venueId ? 'hall-1' : null,
  channel: view.channel,
  recipient: view.to,
  template_key: view.templateKey,
  template_version: view.templateVersion,
  reason: view.reason,
  type: view.campaignId === null ? 'TRANSACTIONAL' : 'BULK',
  category: view.category,
  campaign_id: view.campaignId,
  order_id: view.orderId,
  customer_id: view.customerId,
  message_type: view.messageType,
  reference: view.reference,
  correlation_id: view.correlationId,
  is_test: view.isTest,
  provider: view.provider,
  provider_message_id: view.providerMessageId,
  error_code: view.errorCode,
  error_message: view.errorMessage,
  attempts: view.attempts,
  caller_metadata: view.metadata,
  resend_of: view.resendOf,
  fallback_of: view.fallbackOf,
  charge_micros: null,
  charge_currency: null,
  cost_micros: null,
  cost_currency: null,
  created_at: view.createdAt,
  scheduled_at: view.sendAt,
  sent_at: view.sentAt,
  settled_at: view.settledAt,
});

/** What the provider said, without what it did not. */
const answered = ({ provider, providerMessageId, errorCode, errorMessage }: MessageWithEvents): Row =>
  Object.fromEntries(
    Object.entries({
      provider,
      provider_message_id: providerMessageId,
      error_code: errorCode,
      error_message: errorMessage,
    }).filter(([, value]) => value !== null),
  );

const toSomebody = (input: object): object => ({ venueId, ...input });

describe('The row of a delivered message says what was sent, to whom and about what', () => {
  test.each<[string, Log, object, Row]>([
    [
      'an email with its own content',
      'email_log',
      { channel: 'email', to: newMailbox(), content: { subject: 'Doors', text: 'At 19:00', html: '<p>At 19:00</p>' } },
      { sender_address: MAIL, sender_name: 'Box Office', subject: 'Doors', body: 'At 19:00' },
    ],
    [
      'an email with HTML alone',
      'email_log',
      { channel: 'email', to: newMailbox(), content: { subject: 'Doors', html: '<p>At 19:00</p>' } },
      { sender_address: MAIL, sender_name: 'Box Office', subject: 'Doors', body: '<p>At 19:00</p>' },
    ],
    [
      'an email by a template, whose words are with the template',
      'email_log',
      { channel: 'email', to: newMailbox(), template: { key: 'gate', data: { name: 'Ana', gate: 'B' } } },
      {
        sender_address: MAIL,
        sender_name: 'Box Office',
        subject: null,
        body: null,
        template_key: 'gate',
        template_version: 1,
      },
    ],
    [
      'a text of two segments',
      'sms_send_history',
      { channel: 'sms', to: newNumber(), content: { body: 'Doors at 19:00. '.repeat(11) } },
      { sender_number: NUMBER, body: 'Doors at 19:00. '.repeat(11), segments: 2 },
    ],
    [
      'a text by a template',
      'sms_send_history',
      { channel: 'sms', to: newNumber(), template: { key: 'gate-text', data: { gate: 'B' } } },
      { sender_number: NUMBER, body: null, segments: 1, template_key: 'gate-text', template_version: 1 },
    ],
    [
      'a picture',
      'sms_send_history',
      {
        channel: 'mms',
        to: newAmericanNumber(),
        content: { body: 'The way in', mediaUrls: ['https://riverside.example/map.png'] },
      },
      { sender_number: NUMBER, body: 'The way in', segments: 1 },
    ],
    [
      'a WhatsApp template',
      'whatsapp_log',
      { channel: 'whatsapp', to: newNumber(), template: { key: 'gate-whatsapp', data: { name: 'Ana' } } },
      { sender_number: NUMBER, body: null, template_key: 'gate-whatsapp', template_version: 1 },
    ],
  ])('of %s', async (_, log, input, own) => {
    const id = await send(app, tenant, toSomebody({ ...input, ...ABOUT }));
    const end = log === 'whatsapp_log' ? 'read' : 'delivered';
    const view = await whenStatus(app, tenant, id, end);
    const [found, row] = await rowOf(id);
    expect(found).toBe(log);
    expect(row).toEqual({
      ...common(await read(app, tenant, id)),
      ...own,
      status: end.toUpperCase(),
      metadata: answered(view),
    });
    expect(row).toMatchObject({
      order_id: 'A-1',
      customer_id: 'C-7',
      message_type: 'order-confirmation',
      reference: 'order:A-1',
      caller_metadata: { run: 7 },
      provider_message_id: expect.any(String) as string,
      sent_at: expect.any(String) as string,
    });
  });
});

describe('The status of a message is told in the words of the reports', () => {
  const marketing = { category: 'marketing' };
  const lateStop = async (to: string): Promise<void> => decide(app, tenant, [to], 'sms', 'opted_out', venueId);

  test.each<[string, MessageStatus, Row, () => Promise<string>]>([
    ['SCHEDULED', 'scheduled', { reason: null }, () => send(app, tenant, toSomebody(text({ sendAt: farOff() })))],
    [
      'SENDING',
      'sending',
      { reason: null },
      async () => {
        const id = await send(app, tenant, toSomebody(email({ sendAt: farOff() })));
        await abandon(app, id, true);
        return id;
      },
    ],
    [
      'UNKNOWN',
      'unknown',
      { reason: 'no_answer' },
      async () => {
        await faults(app, { calls: [{ provider: 'twilio', rates: { resetAfter: 1 } }], callbacks: { drop: 1 } });
        return send(app, tenant, toSomebody(text()));
      },
    ],
    [
      'SENT',
      'sent',
      { reason: null, settled_at: null },
      async () => {
        await faults(app, { callbacks: { drop: 1 } });
        return send(app, tenant, toSomebody(text()));
      },
    ],
    [
      'UNDELIVERED',
      'undelivered',
      { error_code: '30005', error_message: 'The number is not in use.' },
      () => send(app, tenant, toSomebody(text({ to: '+15005550105' }))),
    ],
    [
      'UNDELIVERED',
      'undelivered',
      { error_code: 'Permanent/General', error_message: 'smtp; 550 5.1.1 user unknown' },
      () => send(app, tenant, toSomebody(email({ to: 'bounce+log@simulator.amazonses.com' }))),
    ],
    [
      'FAILED',
      'failed',
      { error_code: '21211', sent_at: null },
      () => send(app, tenant, toSomebody(text({ to: '+15005550001' }))),
    ],
    [
      'OPTED_OUT',
      'blocked_opted_out',
      { reason: 'opted_out', sent_at: null },
      async () => {
        const to = newNumber();
        await lateStop(to);
        return send(app, tenant, toSomebody(text({ to })));
      },
    ],
    [
      'SKIPPED',
      'skipped_no_consent',
      { reason: 'no_opt_in', category: 'marketing' },
      () => send(app, tenant, toSomebody(text(marketing))),
    ],
    [
      'SUPPRESSED',
      'suppressed',
      { reason: 'manual' },
      async () => {
        const to = newMailbox();
        await app
          .as(tenant)
          .post('/api/suppressions')
          .send({ channel: 'email', address: to, reason: 'manual' })
          .expect(200);
        return send(app, tenant, toSomebody(email({ to })));
      },
    ],
    [
      'EXPIRED',
      'expired',
      { reason: 'expired' },
      async () => {
        const id = await send(
          app,
          tenant,
          toSomebody(text({ sendAt: farOff(), expiresAt: new Date(Date.now() + 7_200_000).toISOString() })),
        );
        await app.database.query(`update message set expires_at = now() where id = $1`, [id]);
        await due(app, [id]);
        return id;
      },
    ],
    [
      'CANCELLED',
      'cancelled',
      { reason: 'cancelled_by_caller' },
      async () => {
        const id = await send(app, tenant, toSomebody(email({ sendAt: farOff() })));
        await app.as(tenant).post(`/api/messages/${id}/cancel`).expect(200);
        return id;
      },
    ],
  ])('%s is what we call %s', async (word, status, own, make) => {
    const id = await make();
    const view = await whenStatus(app, tenant, id, status);
    const [, row] = await rowOf(id);
    expect(row).toMatchObject({ ...common(view), ...own, status: word, metadata: answered(view) });
  });

  test('every status has a word of its own', async () => {
    const rows = await app.database.query<{ word: string | null }>(
      'select report_status(status) as word from unnest($1::text[]) as status',
      [STATUSES],
    );
    const words = rows.map(({ word }) => word);
    expect(words).not.toContain(null);
    expect(new Set(words).size).toBe(STATUSES.length);
  });
});

test('A text that waits for its number is logged without one', async () => {
  const id = await send(app, tenant, toSomebody(text({ sendAt: farOff() })));
  await app.database.query(`update message set sender_address = $2 where id = $1`, [id, waitingAddress(id)]);
  expect((await rowOf(id))[1]).toMatchObject({ ...common(await read(app, tenant, id)), sender_number: null });
});

test('An erased message shows neither its subject nor its text', async () => {
  const id = await send(app, tenant, toSomebody(email()));
  await whenStatus(app, tenant, id, 'delivered');
  expect((await rowOf(id))[1]).toMatchObject({ subject: 'Doors', body: 'Open at 19:00' });
  await app.database.query(`update message set content = null, data = null where id = $1`, [id]);
  expect((await rowOf(id))[1]).toMatchObject({ subject: null, body: null, status: 'DELIVERED' });
});

test('What follows a message names it: a fallback on another channel, and one sent again', async () => {
  const fallback = [{ channel: 'sms', content: { body: 'Your mailbox is closed' } }];
  const to = 'bounce+followed@simulator.amazonses.com';
  const id = await send(app, tenant, toSomebody(email({ to, alternateTo: newNumber(), fallback })));
  const follower = await until(async () => (await read(app, tenant, id)).followedBy ?? undefined);
  const [log, row] = await rowOf(follower);
  expect([log, row['fallback_of'], row['resend_of']]).toEqual(['sms_send_history', id, null]);

  const failed = await send(app, tenant, toSomebody(text({ to: '+15005550009' })));
  await whenStatus(app, tenant, failed, 'failed');
  const { body } = await app.as(tenant).post(`/api/messages/${failed}/resend`).expect(202);
  expect((await rowOf((body as { id: string }).id))[1]).toMatchObject({ resend_of: failed, fallback_of: null });
});

test('A campaign’s messages are BULK, and name it', async () => {
  const audienceId = await emptyAudience(app, tenant);
  const to = newMailbox();
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     values ($1, 'email', $2, '{"name":"Ana","gate":"B","customer_id":"C-9"}', uuidv7())`,
    [audienceId, to],
  );
  const { id } = await draft(app, tenant, { templateKey: 'gate', venueId, audienceId });
  await act(app, tenant, id, 'launch');
  await whenState(app, tenant, id, 'SENT');
  const rows = await app.database.query(
    `select recipient, type, customer_id, template_key, tenant_slug from email_log where campaign_id = $1`,
    [id],
  );
  expect(rows).toEqual([{ recipient: to, type: 'BULK', customer_id: 'C-9', template_key: 'gate', tenant_slug: SLUG }]);
});

test('A call is in none of the three logs', async () => {
  await newSender(app, tenant, { venueId, channel: 'voice', address: NUMBER });
  const id = await send(
    app,
    tenant,
    toSomebody({ channel: 'voice', to: newNumber(), content: { body: 'The hall is closed.' } }),
  );
  for (const log of LOGS) expect(await app.database.query(`select from ${log} where id = $1`, [id])).toEqual([]);
});
