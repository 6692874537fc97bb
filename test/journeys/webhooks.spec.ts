/** Reports of providers are applied when they are authentic, once, and to their own messages only. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenOnLoopback } from '../../harness/ports.js';
import { SesSandbox } from '../../src/sandbox/ses/ses-sandbox.js';
import type { SnsFields } from '../../src/sandbox/ses/sns-envelope.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { consentOf, suppressionOf } from '../support/consent.js';
import { email, read, send, text, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';
import { postSns, snsFields } from '../support/ses.js';
import { venueWith } from '../support/senders.js';
import { inboundForm, platformAccount, postTwilio, signatureOf, type TwilioAccount } from '../support/twilio.js';

const SILENCE = { callbacks: { drop: 1 } };
const ATTACKER: TwilioAccount = { accountSid: `AC${'d'.repeat(32)}`, authToken: 'a-token-of-their-own' };

let app: TestApp;
let tenant: Tenant;
/** Somebody else's server: it counts who asks it for anything. */
let elsewhere: Server;
let elsewhereUrl: string;
let visits = 0;

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  elsewhere = createServer((_request, response) => {
    visits += 1;
    response.end(app.nest.get(SesSandbox).topics.certificate.certificatePem);
  });
  await listenOnLoopback(elsewhere);
  elsewhereUrl = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  await new Promise((resolve) => elsewhere.close(resolve));
});
/** The sandbox itself says nothing of what it took, unless a test lets it. */
beforeEach(() => faults(app, SILENCE));

interface Sent {
  readonly id: string;
  readonly providerMessageId: string;
  readonly callback: string;
}

async function sent(input: object, owner = tenant): Promise<Sent> {
  const id = await send(app, owner, input);
  const { providerMessageId } = await whenStatus(app, owner, id, 'sent');
  return { id, providerMessageId: providerMessageId ?? '', callback: `/webhook/twilio?mid=${id}` };
}

const sentText = (more: object = {}, owner = tenant): Promise<Sent> => sent(text(more), owner);

const sentEmail = (): Promise<Sent> => sent(email());

const statusForm = ({ providerMessageId: sid }: Sent, status: string, more: object = {}): Record<string, string> => ({
  MessageSid: sid,
  SmsSid: sid,
  MessageStatus: status,
  SmsStatus: status,
  From: '+15005550006',
  To: newNumber(),
  ...more,
});

/** Everything that was taken in has been applied. */
const applied = (): Promise<boolean> =>
  until(async () => (await app.database.query(`select from inbox where applied_at is null limit 1`)).length === 0);

/** What an intruder could change: the message with its timeline, and the inbox. */
async function books(id: string): Promise<unknown> {
  await applied();
  const [inbox] = await app.database.query(`select count(*)::int as events from inbox`);
  return { message: await read(app, tenant, id), inbox };
}

const timeline = async (id: string, owner = tenant): Promise<string[]> =>
  (await read(app, owner, id)).events.map(({ kind }) => kind);

describe('Twilio’s word', () => {
  test('counts when it is signed over the exact public URL, query and all', async () => {
    const message = await sentText();
    expect(await postTwilio(app, statusForm(message, 'delivered'), { path: message.callback })).toBe(204);
    await whenStatus(app, tenant, message.id, 'delivered');
    expect(await timeline(message.id)).toEqual(['queued', 'sent', 'delivered']);
  });

  test.each<[string, (form: Record<string, string>, path: string) => [object, string, string?]]>([
    ['without a signature', (form, path) => [form, path]],
    ['signed with another token', (form, path) => [form, path, signatureOf(app, path, form, 'not-the-token')]],
    [
      'altered after it was signed',
      (form, path) => [{ ...form, MessageStatus: 'failed' }, path, signatureOf(app, path, form)],
    ],
    ['with a field added', (form, path) => [{ ...form, ErrorCode: '30005' }, path, signatureOf(app, path, form)]],
    ['signed for the path alone', (form, path) => [form, path, signatureOf(app, '/webhook/twilio', form)]],
    [
      'turned to another message',
      (form, path) => [form, path, signatureOf(app, `/webhook/twilio?mid=${randomUUID()}`, form)],
    ],
    [
      'of an account nobody has',
      (form, path) => [{ ...form, AccountSid: `AC${'9'.repeat(32)}` }, path, signatureOf(app, path, form)],
    ],
  ])('is refused %s, and changes nothing', async (_, make) => {
    const message = await sentText();
    const form = { AccountSid: platformAccount(app).accountSid, ...statusForm(message, 'delivered') };
    const before = await books(message.id);
    const [posted, path, signature] = make(form, message.callback);
    const request = app.http.post(path).type('form').send(posted);
    const response = await (signature === undefined ? request : request.set('x-twilio-signature', signature));
    expect(response.status).toBe(403);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(await books(message.id)).toEqual(before);
  });

  test('that names no account or no message is malformed', async () => {
    await app.http.post('/webhook/twilio').type('form').send({ MessageStatus: 'delivered' }).expect(400);
    expect(await postTwilio(app, { MessageStatus: 'delivered' })).toBe(400);
  });

  test.each(['AC\0', `AC${'1'.repeat(5_000)}`])('of an account that cannot be one is malformed', async (AccountSid) => {
    const request = app.http.post('/webhook/twilio').set('x-twilio-signature', 'x').type('form');
    const { body } = await request.send({ AccountSid, MessageSid: 'SM1', MessageStatus: 'sent' }).expect(400);
    expect(body).toMatchObject({ code: 'webhook_malformed' });
  });

  test('with characters that cannot be stored is kept without them, and STOP is still obeyed', async () => {
    const { number, venueId } = await venueWith(app, tenant, 'sms');
    const ana = newNumber();
    expect(await postTwilio(app, inboundForm(ana, number, 'Is it\0 on?'))).toBe(200);
    const bodies = `select event ->> 'body' as body from inbox where event ->> 'from' = $1`;
    expect(await app.database.query(bodies, [ana])).toEqual([{ body: 'Is it\ufffd on?' }]);
    expect(await postTwilio(app, inboundForm(ana, number, 'STOP'))).toBe(200);
    expect(await consentOf(app, tenant, venueId, ana)).toMatchObject({ status: 'opted_out' });
    const odd = { ...inboundForm(`${ana}\0`, number, 'STOP'), SmsStatus: 'received' };
    expect(await postTwilio(app, odd)).toBe(200);
  });

  test('is heard once, however often it is replayed', async () => {
    const message = await sentText();
    const form = statusForm(message, 'delivered');
    expect(await postTwilio(app, form, { path: message.callback })).toBe(204);
    await whenStatus(app, tenant, message.id, 'delivered');
    const before = await books(message.id);
    for (let replay = 0; replay < 3; replay += 1) {
      expect(await postTwilio(app, form, { path: message.callback })).toBe(204);
    }
    expect(await books(message.id)).toEqual(before);
  });

  test('of a STOP is not heard again after the person came back', async () => {
    const { venueId, number } = await venueWith(app, tenant, 'sms');
    const ana = newNumber();
    const stop = inboundForm(ana, number, 'STOP');
    expect(await postTwilio(app, stop)).toBe(200);
    expect(await consentOf(app, tenant, venueId, ana)).toMatchObject({ status: 'opted_out' });
    expect(await postTwilio(app, inboundForm(ana, number, 'START'))).toBe(200);
    expect(await postTwilio(app, stop)).toBe(200);
    expect(await consentOf(app, tenant, venueId, ana)).toMatchObject({ status: 'opted_in' });
  });

  test('comes to the same end in 46 posts, repeated and shuffled', async () => {
    const words = ['queued', 'sending', 'sent', 'delivered'];
    const messages = await Promise.all([sentText(), sentText(), sentText()]);
    const posts = messages.flatMap((message) =>
      Array.from({ length: 46 }, (_, index) => ({
        message,
        word: words[index % words.length] ?? 'sent',
        place: Math.random(),
      })),
    );
    posts.sort((left, right) => left.place - right.place);
    const answers = await Promise.all(
      posts.map(({ message, word }) => postTwilio(app, statusForm(message, word), { path: message.callback })),
    );
    expect(new Set(answers)).toEqual(new Set([204]));
    for (const { id } of messages) {
      await whenStatus(app, tenant, id, 'delivered');
      await applied();
      expect(await timeline(id)).toEqual(['queued', 'sent', 'delivered']);
    }
  });

  test('that overtakes the answer to our own call is not lost, and the late answer takes nothing back', async () => {
    await faults(app, { calls: [{ provider: 'twilio', nth: { hangAfter: 1 } }] });
    const { venueId, number } = await venueWith(app, tenant, 'sms');
    const id = await send(app, tenant, text({ venueId }));
    const { attempts } = await whenStatus(app, tenant, id, 'delivered');
    expect(attempts).toBe(1);
    await faults(app, {});
    // The lane goes on when the call has been given up: then its outcome is recorded.
    const next = await send(app, tenant, { channel: 'sms', to: newNumber(), venueId, content: { body: 'Next' } });
    await whenStatus(app, tenant, next, 'delivered');
    expect(await read(app, tenant, id)).toMatchObject({ status: 'delivered', reason: null, attempts: 1 });
    expect(await timeline(id)).toEqual(['queued', 'sent', 'delivered']);
    expect((await recordOf(app)).filter(({ messageId, from }) => messageId === id && from === number)).toHaveLength(1);
  });

  test('of a dead number keeps us from writing to it again', async () => {
    await faults(app, {});
    const dead = '+15005550105'; // the sandbox ends it with 30005
    const first = await send(app, tenant, text({ to: dead }));
    expect(await whenStatus(app, tenant, first, 'undelivered')).toMatchObject({
      reason: 'provider_report',
      errorCode: '30005',
    });
    expect(await suppressionOf(app, tenant, dead)).toMatchObject({ reason: 'invalid_address' });
    const second = await send(app, tenant, text({ to: dead }));
    expect(await whenStatus(app, tenant, second, 'suppressed')).toMatchObject({ reason: 'invalid_address' });
    expect(await recordOf(app, dead)).toHaveLength(1);
  });

  test('that a person had opted out counts also when it comes late', async () => {
    const { venueId } = await venueWith(app, tenant, 'sms');
    const bea = newNumber();
    const message = await sentText({ to: bea, venueId });
    await postTwilio(app, statusForm(message, 'failed', { ErrorCode: '21610', To: bea }), { path: message.callback });
    expect(await whenStatus(app, tenant, message.id, 'failed')).toMatchObject({ errorCode: '21610' });
    expect(await consentOf(app, tenant, venueId, bea)).toMatchObject({ status: 'opted_out', source: 'provider' });
  });
});

describe('A tenant with a Twilio account of its own', () => {
  let own: Tenant;
  beforeAll(async () => {
    own = await app.tenant();
    await account(own, ATTACKER);
  });

  const account = async (owner: Tenant, credentials: TwilioAccount): Promise<void> => {
    await app
      .as(owner)
      .post('/api/provider-accounts')
      .send({ provider: 'twilio', name: 'own', credentials })
      .expect(201);
  };

  test('reports its own messages', async () => {
    const { venueId } = await venueWith(app, own, 'sms');
    const message = await sentText({ venueId }, own);
    const answer = await postTwilio(app, statusForm(message, 'delivered'), {
      path: message.callback,
      account: ATTACKER,
    });
    expect(answer).toBe(204);
    await whenStatus(app, own, message.id, 'delivered');
  });

  test('cannot speak of another’s', async () => {
    const message = await sentText();
    const before = await read(app, tenant, message.id);
    const form = statusForm(message, 'undelivered', { ErrorCode: '30005' });
    await postTwilio(app, form, { path: message.callback, account: ATTACKER });
    await applied();
    expect(await read(app, tenant, message.id)).toEqual(before);
  });

  test('cannot say STOP for people who wrote to another’s number', async () => {
    const { venueId, number } = await venueWith(app, tenant, 'sms');
    const cem = newNumber();
    expect(await postTwilio(app, inboundForm(cem, number, 'STOP'), { account: ATTACKER })).toBe(200);
    expect(await consentOf(app, tenant, venueId, cem)).toMatchObject({ status: 'unknown' });
  });

  test('gains nothing by entering the platform’s account beside a token of its own', async () => {
    const liar = { accountSid: platformAccount(app).accountSid, authToken: 'a-token-of-a-liar' };
    await account(await app.tenant(), liar);
    const message = await sentText();
    const before = await read(app, tenant, message.id);
    await postTwilio(app, statusForm(message, 'delivered'), { path: message.callback, account: liar });
    await postTwilio(app, statusForm(message, 'failed'), { path: message.callback, account: liar });
    await applied();
    expect(await read(app, tenant, message.id)).toEqual(before);
    // Nor has it taken the place of what Twilio itself says later.
    expect(await postTwilio(app, statusForm(message, 'delivered'), { path: message.callback })).toBe(204);
    await whenStatus(app, tenant, message.id, 'delivered');
  });
});

describe('Amazon’s word', () => {
  const fieldsOf = (message: object, more: Partial<SnsFields> = {}): SnsFields => snsFields(app, message, more);
  const post = (fields: SnsFields, altered?: Partial<SnsFields>): Promise<number> => postSns(app, fields, altered);

  const delivery = ({ id, providerMessageId }: Sent): object => ({
    eventType: 'Delivery',
    mail: { messageId: providerMessageId, timestamp: new Date().toISOString(), tags: { mid: [id] } },
    delivery: { timestamp: new Date().toISOString() },
  });

  test.each(['1', '2'] as const)('counts with signature version %s, and once', async (SignatureVersion) => {
    const message = await sentEmail();
    const fields = fieldsOf(delivery(message), { SignatureVersion });
    expect(await post(fields)).toBe(200);
    await whenStatus(app, tenant, message.id, 'delivered');
    const before = await books(message.id);
    expect(await post(fields)).toBe(200);
    expect(await books(message.id)).toEqual(before);
    expect(await timeline(message.id)).toEqual(['queued', 'sent', 'delivered']);
  });

  test('of a time or in characters that no database keeps is applied, and holds up nobody else’s', async () => {
    const [odd, other] = [await sentEmail(), await sentEmail()];
    const bounce = {
      bounceType: 'Permanent',
      bounceSubType: 'Gen\0eral\ud83d',
      bouncedRecipients: [{ emailAddress: 'ana\0@example.com' }],
      timestamp: '+275760-09-13T00:00:00Z',
    };
    expect(await post(fieldsOf({ ...delivery(odd), eventType: 'Bounce', bounce }))).toBe(200);
    expect(await post(fieldsOf(delivery(other)))).toBe(200);
    await whenStatus(app, tenant, other.id, 'delivered');
    const { errorCode } = await whenStatus(app, tenant, odd.id, 'undelivered');
    expect(errorCode).toBe('Permanent/Gen\ufffderal\ufffd');
  });

  const HOURS_AGO = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

  test.each<[string, () => Partial<SnsFields>, Partial<SnsFields>]>([
    ['from a topic that is not ours', () => ({ TopicArn: 'arn:aws:sns:us-east-1:000000000000:another' }), {}],
    ['from two hours ago', () => ({ Timestamp: HOURS_AGO(2) }), {}],
    ['from two hours ahead', () => ({ Timestamp: HOURS_AGO(-2) }), {}],
    ['with a signature version nobody knows', () => ({}), { SignatureVersion: '3' as '2' }],
    [
      'with a certificate of somebody else’s',
      () => ({ SigningCertURL: `${elsewhereUrl}/SimpleNotificationService-${'a'.repeat(32)}.pem` }),
      {},
    ],
    [
      'with a certificate that only looks like Amazon’s',
      () => ({
        SigningCertURL: `https://sns.us-east-1.amazonaws.com.example/SimpleNotificationService-${'a'.repeat(32)}.pem`,
      }),
      {},
    ],
    ['altered after it was signed', () => ({}), { Message: '{"eventType":"Bounce"}' }],
    ['under a new id', () => ({}), { MessageId: randomUUID() }],
  ])('is refused %s, and changes nothing', async (_, more, altered) => {
    const message = await sentEmail();
    const before = await books(message.id);
    const asked = visits;
    expect(await post(fieldsOf(delivery(message), more()), altered)).toBe(403);
    expect(await books(message.id)).toEqual(before);
    expect(visits).toBe(asked);
  });

  test.each([
    ['is not JSON', 'Type=Notification', 400],
    ['is no SNS message', '{"Type":"Greeting"}', 400],
    ['lacks its signature', '{"Type":"Notification","TopicArn":"x"}', 400],
  ])('that %s is malformed', async (_, body, status) => {
    await app.http.post('/webhook/ses').type('text/plain').send(body).expect(status);
  });

  test.each<[string, () => string]>([
    ['to somebody else’s server', () => `${elsewhereUrl}/?Action=ConfirmSubscription`],
    ['to the inside of our network', () => 'http://169.254.169.254/latest/meta-data/'],
    ['past our own name to somebody else', () => `${app.url}@${elsewhereUrl.replace('http://', '')}/`],
    ['to an Amazon host on another port', () => 'https://sns.us-east-1.amazonaws.com:8443/?Action=ConfirmSubscription'],
    ['to a host that only begins like Amazon’s', () => 'https://sns.us-east-1.amazonaws.com.example/'],
  ])('never sends us %s to agree to a subscription', async (_, SubscribeURL) => {
    const asked = visits;
    const fields = fieldsOf({}, { Type: 'SubscriptionConfirmation', Token: 'a1b2', SubscribeURL: SubscribeURL() });
    expect(await post(fields)).toBe(403);
    expect(visits).toBe(asked);
  });

  test('comes over a subscription that was agreed to by itself: deliveries arrive', async () => {
    await faults(app, {});
    const { id } = await sentEmailOrMore();
    await whenStatus(app, tenant, id, 'delivered');
  });

  /** An email that may be on its way to any end already. */
  async function sentEmailOrMore(to = newMailbox()): Promise<{ id: string }> {
    const id = await send(app, tenant, {
      channel: 'email',
      to,
      content: { subject: 'Doors', text: 'Open at 19:00' },
    });
    return { id };
  }

  test('of a bounce ends the message and suppresses the address', async () => {
    await faults(app, {});
    const address = 'bounce+journey@simulator.amazonses.com';
    const first = await sentEmailOrMore(address);
    const view = await whenStatus(app, tenant, first.id, 'undelivered');
    expect(view).toMatchObject({ reason: 'provider_report', errorCode: 'Permanent/General' });
    expect(await suppressionOf(app, tenant, address)).toMatchObject({
      reason: 'hard_bounce',
      evidence: { messageId: first.id },
    });
    const second = await sentEmailOrMore(address);
    expect(await whenStatus(app, tenant, second.id, 'suppressed')).toMatchObject({
      reason: 'hard_bounce',
      explanation: expect.stringContaining('bounced') as string,
    });
    expect(await recordOf(app, address)).toHaveLength(1);
  });

  test('of a complaint leaves the message delivered, and is an opt-out and a suppression', async () => {
    await faults(app, {});
    const address = 'complaint+journey@simulator.amazonses.com';
    const { id } = await sentEmailOrMore(address);
    await until(async () => (await suppressionOf(app, tenant, address)) !== undefined);
    expect(await suppressionOf(app, tenant, address)).toMatchObject({ reason: 'complaint' });
    expect(await whenStatus(app, tenant, id, 'delivered')).toMatchObject({ reason: null });
    const consent = await consentOf(app, tenant, tenant.defaultVenueId, address, 'email');
    expect(consent).toMatchObject({ status: 'opted_out', source: 'complaint' });
    const next = await sentEmailOrMore(address);
    await whenStatus(app, tenant, next.id, 'blocked_opted_out');
    expect(await recordOf(app, address)).toHaveLength(1);
  });
});
