/** Tenants who send through accounts of their own: the sandbox knows them as their providers would. */
import { openHouse, type House, type Tenant } from '../support/house.js';
import { until } from '../../harness/until.js';
import { consentOf, newMailbox, newNumber, read, recordOf, send, venueWith, whenStatus } from './support.js';

const TOPIC = 'arn:aws:sns:eu-central-1:210987654321:riverside-events';
const twilio = { accountSid: `AC${'7'.repeat(32)}`, authToken: 'token-of-riverside' };
const ses = { region: 'eu-central-1', accessKeyId: 'AKIARIVERSIDE', secretAccessKey: 'ses/secret+of+riverside' };

let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await openHouse();
  tenant = await house.tenant();
  await account(tenant, 'twilio', twilio);
  await account(tenant, 'ses', { ...ses, topicArns: TOPIC });
});
afterAll(() => house.close());

/** Enters an account and answers its id. */
async function account(owner: Tenant, provider: 'ses' | 'twilio', credentials: object): Promise<string> {
  const input = { provider, name: 'Our own', credentials };
  const { body } = await house.as(owner).post('/api/provider-accounts').send(input).expect(201);
  return (body as { id: string }).id;
}

async function mailbox(owner: Tenant, address: string): Promise<void> {
  const sender = { venueId: owner.defaultVenueId, channel: 'email', address };
  await house.as(owner).post('/api/senders').send(sender).expect(201);
}

const email = (to: string): object => ({
  channel: 'email',
  to,
  content: { subject: 'Your tickets', text: 'See you there' },
});

test('Email and text go through them and are reported as delivered, by their own webhooks', async () => {
  await mailbox(tenant, 'tickets@riverside.example');
  const { venueId, number } = await venueWith(house, tenant, 'sms');
  const [ana, box, gone] = [newNumber(), newMailbox(), 'bounce+own@simulator.amazonses.com'];
  const ids = [
    await send(house, tenant, { channel: 'sms', venueId, to: ana, content: { body: 'Doors open at 19:00' } }),
    await send(house, tenant, email(box)),
  ];
  const bounced = await send(house, tenant, email(gone));
  for (const id of ids) {
    const { events } = await whenStatus(house, tenant, id, 'delivered');
    expect(events.find(({ kind }) => kind === 'delivered')).toMatchObject({ source: 'webhook' });
  }
  await whenStatus(house, tenant, bounced, 'undelivered');
  expect(await recordOf(house, ana)).toMatchObject([{ accountId: twilio.accountSid, from: number }]);
  expect(await recordOf(house, box)).toMatchObject([{ accountId: ses.accessKeyId, from: 'tickets@riverside.example' }]);
});

test('A STOP to a number of theirs counts before anything was sent from it', async () => {
  const { venueId, number } = await venueWith(house, tenant, 'sms');
  const ana = newNumber();
  const inbound = { provider: 'twilio', from: ana, to: number, body: 'STOP' };
  const { body } = await house.http.post('/sandbox/inbound').send(inbound).expect(200);
  expect(body).toMatchObject({ status: 200 });
  expect(await consentOf(house, tenant, venueId, ana)).toMatchObject({ status: 'opted_out' });
});

test('Replaced credentials are the ones that count from then on', async () => {
  const owner = await house.tenant();
  const [before, after] = ['token-before', 'token-after'].map((authToken) => ({
    accountSid: `AC${'8'.repeat(32)}`,
    authToken,
  }));
  const id = await account(owner, 'twilio', before ?? {});
  const { venueId } = await venueWith(house, owner, 'sms');
  const text = (): Promise<string> =>
    send(house, owner, { channel: 'sms', venueId, to: newNumber(), content: { body: 'Hi' } });
  await whenStatus(house, owner, await text(), 'delivered');
  await house.as(owner).put(`/api/provider-accounts/${id}/credentials`).send({ credentials: after }).expect(200);
  await whenStatus(house, owner, await text(), 'delivered');
});

test('Whoever enters another’s account beside a secret of their own is refused, as the provider would', async () => {
  const liar = await house.tenant();
  await account(liar, 'twilio', { ...twilio, authToken: 'token-of-a-liar' });
  await account(liar, 'ses', { ...ses, secretAccessKey: 'secret-of-a-liar' });
  await mailbox(liar, 'tickets@liar.example');
  const { venueId } = await venueWith(house, liar, 'sms');
  const ids = [
    await send(house, liar, { channel: 'sms', venueId, to: newNumber(), content: { body: 'Hi' } }),
    await send(house, liar, email(newMailbox())),
  ];
  for (const id of ids) {
    const refused = await until(async () => {
      const view = await read(house, liar, id);
      return view.reason !== null && view;
    });
    expect(refused).toMatchObject({ status: 'queued', reason: 'sender_misconfigured', sentAt: null });
  }
});

test('Without a topic nothing is heard of an email after SES has taken it', async () => {
  const owner = await house.tenant();
  await account(owner, 'ses', { ...ses, accessKeyId: 'AKIASILENT' });
  await mailbox(owner, 'tickets@silent.example');
  const box = newMailbox();
  const id = await send(house, owner, email(box));
  await until(async () => (await recordOf(house, box))[0]?.status === 'delivered');
  // What is sent later is reported later: once that has come, nothing of this one is on its way.
  await mailbox(tenant, 'later@riverside.example');
  await whenStatus(house, tenant, await send(house, tenant, email(newMailbox())), 'delivered');
  expect(await read(house, owner, id)).toMatchObject({ status: 'sent' });
});
