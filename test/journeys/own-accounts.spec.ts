/** Tenants who send through accounts of their own: the sandbox knows them as their providers would. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { consentOf } from '../support/consent.js';
import { read, send, text, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { receive, recordOf } from '../support/sandbox.js';
import { newSender, venueWith } from '../support/senders.js';

const TOPIC = 'arn:aws:sns:eu-central-1:210987654321:riverside-events';
const twilio = { accountSid: `AC${'7'.repeat(32)}`, authToken: 'token-of-riverside' };
const ses = { region: 'eu-central-1', accessKeyId: 'AKIARIVERSIDE', secretAccessKey: 'ses/secret+of+riverside' };

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  await account(tenant, 'twilio', twilio);
  await account(tenant, 'ses', { ...ses, topicArns: TOPIC });
});
afterAll(() => app.close());

/** Enters an account and answers its id. */
async function account(owner: Tenant, provider: 'ses' | 'twilio', credentials: object): Promise<string> {
  const input = { provider, name: 'Our own', credentials };
  const { body } = await app.as(owner).post('/api/provider-accounts').send(input).expect(201);
  return (body as { id: string }).id;
}

async function mailbox(owner: Tenant, address: string): Promise<void> {
  await newSender(app, owner, { channel: 'email', address });
}

const email = (to: string): object => ({
  channel: 'email',
  to,
  content: { subject: 'Your tickets', text: 'See you there' },
});

test('Email and text go through them and are reported as delivered, by their own webhooks', async () => {
  await mailbox(tenant, 'tickets@riverside.example');
  const { venueId, number } = await venueWith(app, tenant, 'sms');
  const [ana, box, gone] = [newNumber(), newMailbox(), 'bounce+own@simulator.amazonses.com'];
  const ids = [await send(app, tenant, text({ venueId, to: ana })), await send(app, tenant, email(box))];
  const bounced = await send(app, tenant, email(gone));
  for (const id of ids) {
    const { events } = await whenStatus(app, tenant, id, 'delivered');
    expect(events.find(({ kind }) => kind === 'delivered')).toMatchObject({ source: 'webhook' });
  }
  await whenStatus(app, tenant, bounced, 'undelivered');
  expect(await recordOf(app, ana)).toMatchObject([{ accountId: twilio.accountSid, from: number }]);
  expect(await recordOf(app, box)).toMatchObject([{ accountId: ses.accessKeyId, from: 'tickets@riverside.example' }]);
});

test('A STOP to a number of theirs counts before anything was sent from it', async () => {
  const { venueId, number } = await venueWith(app, tenant, 'sms');
  const ana = newNumber();
  await receive(app, { from: ana, to: number, body: 'STOP' });
  expect(await consentOf(app, tenant, venueId, ana)).toMatchObject({ status: 'opted_out' });
});

test('Replaced credentials are the ones that count from then on', async () => {
  const owner = await app.tenant();
  const [before, after] = ['token-before', 'token-after'].map((authToken) => ({
    accountSid: `AC${'8'.repeat(32)}`,
    authToken,
  }));
  const id = await account(owner, 'twilio', before ?? {});
  const { venueId } = await venueWith(app, owner, 'sms');
  const sendOne = (): Promise<string> => send(app, owner, text({ venueId }));
  await whenStatus(app, owner, await sendOne(), 'delivered');
  await app.as(owner).put(`/api/provider-accounts/${id}/credentials`).send({ credentials: after }).expect(200);
  await whenStatus(app, owner, await sendOne(), 'delivered');
});

test('Whoever enters another’s account beside a secret of their own is refused, as the provider would', async () => {
  const liar = await app.tenant();
  await account(liar, 'twilio', { ...twilio, authToken: 'token-of-a-liar' });
  await account(liar, 'ses', { ...ses, secretAccessKey: 'secret-of-a-liar' });
  await mailbox(liar, 'tickets@liar.example');
  const { venueId } = await venueWith(app, liar, 'sms');
  const ids = [await send(app, liar, text({ venueId })), await send(app, liar, email(newMailbox()))];
  for (const id of ids) {
    const refused = await until(async () => {
      const view = await read(app, liar, id);
      return view.reason !== null && view;
    });
    expect(refused).toMatchObject({ status: 'queued', reason: 'sender_misconfigured', sentAt: null });
  }
});

test('Without a topic nothing is heard of an email after SES has taken it', async () => {
  const owner = await app.tenant();
  await account(owner, 'ses', { ...ses, accessKeyId: 'AKIASILENT' });
  await mailbox(owner, 'tickets@silent.example');
  const box = newMailbox();
  const id = await send(app, owner, email(box));
  await until(async () => (await recordOf(app, box))[0]?.status === 'delivered');
  // What is sent later is reported later: once that has come, nothing of this one is on its way.
  await mailbox(tenant, 'later@riverside.example');
  await whenStatus(app, tenant, await send(app, tenant, email(newMailbox())), 'delivered');
  expect(await read(app, owner, id)).toMatchObject({ status: 'sent' });
});
