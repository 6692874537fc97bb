/** What a provider's report says, and of which message: automatic replies, events without our id, complaints of machines. */
import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import { Webhook } from 'standardwebhooks';
import { RecordAddressReports } from '../../src/consent/index.js';
import { consume } from '../support/consumers.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { consentOf, decide, suppressionOf } from '../support/consent.js';
import { email, read, send, text, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { faults } from '../support/sandbox.js';
import { newSender, newVenue, venueWith } from '../support/senders.js';
import { postSes } from '../support/ses.js';
import { postTwilio, type TwilioAccount } from '../support/twilio.js';

let app: TestApp;
let tenant: Tenant;
let smsVenue: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  ({ venueId: smsVenue } = await venueWith(app, tenant, 'sms'));
});
afterAll(() => app.close());
/** The sandbox itself reports nothing. */
beforeEach(() => faults(app, { callbacks: { drop: 1 } }));

interface Sent {
  readonly id: string;
  readonly providerMessageId: string;
  readonly to: string;
}

async function sent(input: object, to: string): Promise<Sent> {
  const id = await send(app, tenant, { ...input, to });
  const { providerMessageId } = await whenStatus(app, tenant, id, 'sent');
  return { id, to, providerMessageId: providerMessageId ?? '' };
}

const sentEmail = (more: object = {}, to = newMailbox()): Promise<Sent> => sent(email(more), to);
/** An email that an SMS follows if it does not arrive. */
const sentWithFallback = (): Promise<Sent> =>
  sentEmail({ alternateTo: newNumber(), fallback: [{ channel: 'sms', content: { body: 'Doors at 19:00' } }] });

/** Everything that was taken in has been applied, and those who read events have read them. */
async function applied(): Promise<void> {
  await until(
    async () => (await app.database.query(`select from inbox where applied_at is null limit 1`)).length === 0,
  );
  await consume(app, 'channel-fallback');
}

const kinds = async (id: string): Promise<string[]> => (await read(app, tenant, id)).events.map(({ kind }) => kind);

const now = (): string => new Date().toISOString();
/** As a configuration set publishes it. */
const published = ({ id, providerMessageId, to }: Sent): object => ({
  mail: { messageId: providerMessageId, timestamp: now(), destination: [to], tags: { mid: [id] } },
});
/** As an identity's notification has it: without tags. */
const ofIdentity = ({ providerMessageId, to }: Sent): object => ({
  mail: { messageId: providerMessageId, timestamp: now(), destination: [to] },
});
const delivery = (of: Sent): object => ({ eventType: 'Delivery', ...published(of), delivery: { timestamp: now() } });
const bounceOf = (bounceType: string, bounceSubType: string, { to }: Sent, dsn: object = {}): object => ({
  bounce: { bounceType, bounceSubType, bouncedRecipients: [{ emailAddress: to, ...dsn }], timestamp: now() },
});
const complaintOf = ({ to }: Sent, complaintFeedbackType = 'abuse'): object => ({
  complaint: { complainedRecipients: [{ emailAddress: to }], complaintFeedbackType, timestamp: now() },
});

describe('An out-of-office reply, which SES reports as a bounce', () => {
  const REPLIES = [
    ['Transient', 'General'],
    ['Undetermined', 'Undetermined'],
  ] as const;
  const ORDERS = ['after', 'before'] as const;

  test.each(REPLIES.flatMap((reply) => ORDERS.map((order) => [...reply, order] as const)))(
    '(%s/%s) %s the delivery leaves the message delivered, and nothing follows it',
    async (type, subType, order) => {
      const message = await sentWithFallback();
      const reply = { eventType: 'Bounce', ...published(message), ...bounceOf(type, subType, message) };
      const events = order === 'after' ? [delivery(message), reply] : [reply, delivery(message)];
      for (const event of events) {
        await postSes(app, event);
        await applied();
      }
      expect(await read(app, tenant, message.id)).toMatchObject({
        status: 'delivered',
        reason: null,
        followedBy: null,
      });
      expect(await kinds(message.id)).toEqual(['queued', 'sent', 'delivered']);
    },
  );

  const DSN = [
    { action: 'failed' },
    { status: '4.4.7' },
    { diagnosticCode: 'smtp; 550 4.4.7 message expired' },
  ] as const;

  test.each(DSN.flatMap((dsn) => ORDERS.map((order) => [dsn, order] as const)))(
    'is a real bounce with %j, %s the delivery, and the fallback follows',
    async (dsn, order) => {
      const message = await sentWithFallback();
      const bounce = { eventType: 'Bounce', ...published(message), ...bounceOf('Transient', 'General', message, dsn) };
      for (const event of order === 'after' ? [delivery(message), bounce] : [bounce, delivery(message)])
        await postSes(app, event);
      await whenStatus(app, tenant, message.id, 'undelivered');
      await until(async () => (await read(app, tenant, message.id)).followedBy !== null);
    },
  );

  test('proves that a message in doubt was taken', async () => {
    const message = await sentEmail();
    await app.database.query(
      `update message set status = 'unknown', sent_at = null, provider_message_id = null where id = $1`,
      [message.id],
    );
    await postSes(app, { eventType: 'Bounce', ...published(message), ...bounceOf('Transient', 'General', message) });
    await until(async () => (await read(app, tenant, message.id)).status === 'sent');
  });
});

describe('A mailbox that is full', () => {
  const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
  const full = (of: Sent, days: number): object => {
    const { bounce } = bounceOf('Transient', 'MailboxFull', of, { status: '4.2.2' }) as { bounce: object };
    return { eventType: 'Bounce', ...published(of), bounce: { ...bounce, timestamp: daysAgo(days) } };
  };
  const marketing = (to: string): object =>
    email({ to, venueId: tenant.defaultVenueId, category: 'marketing', content: { subject: 'News', text: 'Doors' } });

  test('on three days of fourteen gets no marketing for a time, and tickets still', async () => {
    const to = newMailbox();
    await decide(app, tenant, [to], 'email');
    for (const days of [5, 3, 3]) await postSes(app, full(await sentEmail({}, to), days));
    await applied();
    expect(await suppressionOf(app, tenant, to)).toBeUndefined();
    const last = await sentEmail({}, to);
    await postSes(app, full(last, 1));
    await postSes(app, { ...full(last, 0), notificationType: 'Bounce' });
    await whenStatus(app, tenant, last.id, 'undelivered');
    const held = await suppressionOf(app, tenant, to);
    expect(held).toMatchObject({
      reason: 'soft_bounce',
      evidence: { messageId: last.id, code: 'Transient/MailboxFull', event: expect.any(String) as string, bounces: 4 },
    });
    expect(Math.round((Date.parse(held?.expiresAt ?? '') - Date.now()) / 86_400_000)).toBe(13);
    expect(await whenStatus(app, tenant, await send(app, tenant, marketing(to)), 'suppressed')).toMatchObject({
      reason: 'soft_bounce',
    });
    await sentEmail({}, to);
  });
});

describe('What is dead for all', () => {
  const NO_MAILBOX = { action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' };
  const listed = async (address: string): Promise<object[]> => {
    const { body } = await app.admin().get('/api/dead-addresses').query({ address }).expect(200);
    return (body as { items: object[] }).items;
  };
  const bounced = async (to: string, dsn: object = NO_MAILBOX): Promise<void> => {
    const message = await sentEmail({}, to);
    await postSes(app, {
      eventType: 'Bounce',
      ...published(message),
      ...bounceOf('Permanent', 'General', message, dsn),
    });
    await whenStatus(app, tenant, message.id, 'undelivered');
  };

  test('is a mailbox that there is not: no tenant writes to it, and none learns who did', async () => {
    const [other, to] = [await app.tenant(), newMailbox()];
    await bounced(to);
    const stopped = await whenStatus(app, other, await send(app, other, email({ to })), 'suppressed');
    expect(stopped).toMatchObject({ reason: 'dead_address', errorCode: null });
    expect(await suppressionOf(app, other, to)).toBeUndefined();
    await app.as(other).get('/api/dead-addresses').expect(403);
    await app.as(other).delete(`/api/suppressions/email/${to}`).expect(404);
    expect(await listed(to)).toEqual([
      {
        channel: 'email',
        address: to,
        reason: 'hard_bounce',
        code: 'Permanent/General',
        provenAt: expect.stringMatching(/Z$/) as string,
      },
    ]);
    await app.admin().delete(`/api/dead-addresses/email/${to}`).expect(204);
    await app.admin().delete(`/api/dead-addresses/email/${to}`).expect(404);
    await whenStatus(app, other, await send(app, other, email({ to })), 'sent');
    expect(await suppressionOf(app, tenant, to)).toMatchObject({ reason: 'hard_bounce' });
  });

  test('is not what a tenant lifts that had it reported, for as long as nothing else is', async () => {
    const to = newMailbox();
    await bounced(to);
    await app.as(tenant).delete(`/api/suppressions/email/${to}`).expect(204);
    expect(await listed(to)).toEqual([]);
    await bounced(to);
    expect(await listed(to)).toHaveLength(1);
  });

  test('is no complaint, no bounce for a policy, no proof of long ago, and nothing that a tenant’s own account reports', async () => {
    const [complained, policy, old, own] = [newMailbox(), newMailbox(), newMailbox(), newMailbox()];
    const message = await sentEmail({}, complained);
    await postSes(app, { eventType: 'Complaint', ...published(message), ...complaintOf(message) });
    await bounced(policy, { action: 'failed', status: '5.7.1' });
    await bounced(old);
    await app.database.query(`update dead_address set proven_at = now() - interval '91 days' where address = $1`, [
      old,
    ]);
    const report = { kind: 'hard_bounce', messageId: randomUUID(), tenantId: tenant.id, isDead: true } as const;
    const whose = { venueId: tenant.defaultVenueId, channel: 'email', sender: newMailbox() } as const;
    const reports = new RecordAddressReports([{ ...report, ...whose, address: own, accountId: randomUUID() }]);
    await app.nest.get(CommandBus).execute(reports);
    await until(async () => (await suppressionOf(app, tenant, complained)) !== undefined);
    expect(await suppressionOf(app, tenant, own)).toMatchObject({ reason: 'hard_bounce' });
    for (const address of [complained, policy, old, own]) expect(await listed(address)).toEqual([]);
  });
});

describe('An event that does not carry our id', () => {
  test('of a complaint suppresses the person, and is an opt-out', async () => {
    const message = await sentEmail();
    const copy = { ...message, to: `Ana <${message.to.toUpperCase()}>` };
    await postSes(app, { notificationType: 'Complaint', ...ofIdentity(copy), ...complaintOf(message) });
    await applied();
    expect(await suppressionOf(app, tenant, message.to)).toMatchObject({
      reason: 'complaint',
      evidence: { messageId: message.id },
    });
    const consent = await consentOf(app, tenant, tenant.defaultVenueId, message.to, 'email');
    expect(consent).toMatchObject({ status: 'opted_out', source: 'complaint' });
    const next = await send(app, tenant, email({ to: message.to }));
    await whenStatus(app, tenant, next, 'blocked_opted_out');
  });

  test('of a bounce ends the message and suppresses the address', async () => {
    const message = await sentEmail();
    const dsn = { action: 'failed', status: '5.1.1' };
    await postSes(app, {
      notificationType: 'Bounce',
      ...ofIdentity(message),
      ...bounceOf('Permanent', 'General', message, dsn),
    });
    await whenStatus(app, tenant, message.id, 'undelivered');
    expect(await suppressionOf(app, tenant, message.to)).toMatchObject({ reason: 'hard_bounce' });
  });

  test('counts once beside the one that carries it, even after the person has come back', async () => {
    const message = await sentEmail();
    const complaints = [
      { eventType: 'Complaint', ...published(message), ...complaintOf(message) },
      { notificationType: 'Complaint', ...ofIdentity(message), ...complaintOf(message) },
    ];
    for (const event of complaints) await postSes(app, event);
    await applied();
    const path = `/api/consent/${tenant.defaultVenueId}/${message.to}/log`;
    const log = async (): Promise<string[]> => {
      const { body } = await app.as(tenant).get(path).query({ channel: 'email' }).expect(200);
      return (body as { items: { source: string }[] }).items.map(({ source }) => source);
    };
    expect(await log()).toEqual(['complaint']);
    await decide(app, tenant, [message.to], 'email');
    for (const event of complaints) await postSes(app, event);
    await applied();
    expect(await log()).toEqual(['journey', 'complaint']);
    const consent = await consentOf(app, tenant, tenant.defaultVenueId, message.to, 'email');
    expect(consent).toMatchObject({ status: 'opted_in' });
  });

  test('of two bounces moves the message once', async () => {
    const message = await sentEmail();
    const bounce = bounceOf('Permanent', 'General', message, { status: '5.1.1' });
    await postSes(app, { eventType: 'Bounce', ...published(message), ...bounce });
    await postSes(app, { notificationType: 'Bounce', ...ofIdentity(message), ...bounce });
    await applied();
    expect(await kinds(message.id)).toEqual(['queued', 'sent', 'undelivered']);
  });

  test('is looked up again if it overtakes the answer to our own call', async () => {
    const message = await sentEmail();
    const setId = (id: string | null) =>
      app.database.query(`update message set provider_message_id = $2 where id = $1`, [message.id, id]);
    await setId(null);
    await postSes(app, { notificationType: 'Complaint', ...ofIdentity(message), ...complaintOf(message) });
    await applied();
    expect(await suppressionOf(app, tenant, message.to)).toBeUndefined();
    await setId(message.providerMessageId);
    await app.database.query(`update inbox set look_again_at = now() where look_again_at is not null`);
    await until(async () => (await suppressionOf(app, tenant, message.to)) !== undefined);
  });

  test.each<[string, (message: Sent) => object]>([
    ['of another email to the same person', ({ to }) => ofIdentity({ id: '', to, providerMessageId: randomUUID() })],
    ['of that email to somebody else', (message) => ofIdentity({ ...message, to: newMailbox() })],
    [
      'of an email to several people',
      ({ providerMessageId, to }) => ({
        mail: { messageId: providerMessageId, timestamp: now(), destination: [to, newMailbox()] },
      }),
    ],
    [
      'of an email to nobody',
      ({ providerMessageId }) => ({ mail: { messageId: providerMessageId, timestamp: now() } }),
    ],
  ])('%s changes nothing', async (_, mail) => {
    const message = await sentEmail();
    await postSes(app, { notificationType: 'Complaint', ...mail(message), ...complaintOf(message) });
    await applied();
    expect(await suppressionOf(app, tenant, message.to)).toBeUndefined();
  });

  test('of Twilio is found by the SID, among the messages of the account that signed it', async () => {
    const message = await sent(text({ venueId: smsVenue }), newNumber());
    const { providerMessageId: MessageSid, to: To } = message;
    const form = { MessageSid, MessageStatus: 'undelivered', SmsStatus: 'undelivered', To, ErrorCode: '30005' };
    const stranger: TwilioAccount = { accountSid: `AC${'e'.repeat(32)}`, authToken: 'a-token-of-their-own' };
    const owner = await app.tenant();
    const account = { provider: 'twilio', name: 'own', credentials: stranger };
    await app.as(owner).post('/api/provider-accounts').send(account).expect(201);
    expect(await postTwilio(app, form, { account: stranger })).toBe(204);
    await applied();
    expect(await kinds(message.id)).toEqual(['queued', 'sent']);
    expect(await postTwilio(app, form)).toBe(204);
    await whenStatus(app, tenant, message.id, 'undelivered');
    expect(await suppressionOf(app, tenant, To)).toMatchObject({ reason: 'invalid_address' });
  });

  test('of Resend is found by the id of the email', async () => {
    const venueId = await newVenue(app, tenant, 'Box office');
    await newSender(app, tenant, { venueId, channel: 'email', address: 'box@reports.example', provider: 'resend' });
    const message = await sentEmail({ venueId });
    const secret = app.config.platform.resend?.credentials['webhookSecret'] ?? '';
    const body = JSON.stringify({
      type: 'email.complained',
      created_at: now(),
      data: { email_id: message.providerMessageId, created_at: now(), to: [message.to] },
    });
    const [id, at] = [`msg_${randomUUID()}`, new Date()];
    const headers = {
      'content-type': 'application/json',
      'svix-id': id,
      'svix-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'svix-signature': new Webhook(secret).sign(id, at, body),
    };
    await app.http.post('/webhook/resend').set(headers).send(body).expect(200);
    await until(async () => (await suppressionOf(app, tenant, message.to)) !== undefined);
    expect(await consentOf(app, tenant, venueId, message.to, 'email')).toMatchObject({ status: 'opted_out' });
  });
});

test.each([
  ['auth-failure', undefined],
  ['not-spam', undefined],
  ['abuse', 'complaint'],
  ['fraud', 'complaint'],
  ['virus', 'complaint'],
  ['other', 'complaint'],
])('a complaint of the type %s suppresses as %s', async (type, reason) => {
  const message = await sentEmail();
  await postSes(app, { eventType: 'Complaint', ...published(message), ...complaintOf(message, type) });
  await applied();
  expect((await suppressionOf(app, tenant, message.to))?.reason).toBe(reason);
  const { status } = await consentOf(app, tenant, tenant.defaultVenueId, message.to, 'email');
  expect(status).toBe(reason === undefined ? 'unknown' : 'opted_out');
});

test('a failed authentication that a mail server complains of is kept beside its message', async () => {
  const message = await sentEmail();
  await postSes(app, { eventType: 'Complaint', ...published(message), ...complaintOf(message, 'auth-failure') });
  const kept = await app.database.query(
    `select event ->> 'type' as type from inbox where event ->> 'messageId' = $1 and event ->> 'kind' = 'engagement'`,
    [message.id],
  );
  expect(kept).toEqual([{ type: 'auth_failed' }]);
});
