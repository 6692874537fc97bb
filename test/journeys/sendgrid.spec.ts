/** Email through SendGrid: one by one and as a campaign, followed to its end by its signed events. */
import { randomUUID } from 'node:crypto';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { verificationKeyOf } from '../../src/sandbox/sendgrid/sendgrid-signing.js';
import { act, audience, draft, template, whenSettled } from '../campaigns/campaign.support.js';
import { consentOf, suppressionOf } from '../support/consent.js';
import { email, read, send, sendAll, whenStatus } from '../support/messages.js';
import { newMailbox } from '../support/people.js';
import { allReported, faults, recordOf, timesTakenBy } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';
import { usageOf } from '../support/usage.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await speakingThroughSendGrid('box@riverside.example');
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

async function speakingThroughSendGrid(address: string): Promise<Tenant> {
  const owner = await app.tenant();
  await newSender(app, owner, { channel: 'email', address, provider: 'sendgrid' });
  return owner;
}

const sendTo = (to: string): Promise<string> => send(app, tenant, email({ to }));
const simulated = (kind: string): string => `${kind}+${randomUUID()}@sandbox.sendgrid.test`;

test('email goes out through it and is followed to its end by its events', async () => {
  const to = newMailbox();
  const id = await sendTo(to);
  const { events, providerMessageId } = await whenStatus(app, tenant, id, 'delivered');
  expect(events.map(({ kind, source }) => [kind, source])).toEqual([
    ['queued', 'api'],
    ['sent', 'dispatch'],
    ['delivered', 'webhook'],
  ]);
  expect(await recordOf(app, to)).toMatchObject([
    { provider: 'sendgrid', from: 'box@riverside.example', messageId: id, providerMessageId, text: 'Open at 19:00' },
  ]);
});

test.each([
  ['bounced', 'undelivered', 'bounce/Invalid Address', 'hard_bounce'],
  ['blocked', 'undelivered', 'blocked/Reputation', undefined],
  ['dropped', 'undelivered', 'dropped/Bounced Address', 'hard_bounce'],
  ['complained', 'delivered', null, 'complaint'],
  ['deferred', 'delivered', null, undefined],
] as const)('an email that is %s ends as %s', async (kind, status, errorCode, suppression) => {
  const to = simulated(kind);
  const id = await sendTo(to);
  expect(await whenStatus(app, tenant, id, status)).toMatchObject({ errorCode });
  if (suppression) {
    expect(await until(() => suppressionOf(app, tenant, to))).toMatchObject({ reason: suppression });
  } else {
    await until(() => allReported(app));
    expect(await suppressionOf(app, tenant, to)).toBeUndefined();
  }
});

test('who unsubscribes there is written to no more from this venue', async () => {
  const to = simulated('unsubscribed');
  const id = await sendTo(to);
  await until(async () => (await consentOf(app, tenant, tenant.defaultVenueId, to, 'email')).status === 'opted_out');
  expect(await consentOf(app, tenant, tenant.defaultVenueId, to, 'email')).toMatchObject({ source: 'provider' });
  expect(await whenStatus(app, tenant, id, 'delivered')).toMatchObject({ status: 'delivered' });
  await whenStatus(app, tenant, await sendTo(to), 'blocked_opted_out');
});

test('what it took in silence is settled by its events, and sent once', async () => {
  await faults(app, { calls: [{ provider: 'sendgrid', nth: { resetAfter: 1 } }] });
  const people = Array.from({ length: 5 }, () => newMailbox());
  const ids = await sendAll(
    app,
    tenant,
    people.map((to) => email({ to })),
  );
  for (const id of ids) await whenStatus(app, tenant, id, 'delivered');
  for (const to of people) expect(await timesTakenBy(app, to)).toBe(1);
});

test('a campaign goes out many to a call, each email the recipient’s own', async () => {
  const owner = await speakingThroughSendGrid('news@riverside.example');
  const templateKey = await template(app, owner, 'email', { body: 'Dear {{ name }},\ndoors open at 19:00.\n' });
  const audienceId = await audience(app, owner, 300);
  const { id } = await draft(app, owner, { templateKey, audienceId });
  await act(app, owner, id, 'launch');
  const ours = async () => (await recordOf(app)).filter(({ from }) => from === 'news@riverside.example');
  await whenSettled(app, owner, id, async () => (await ours()).map(({ to }) => to));
  const record = await ours();
  expect(new Set(record.map(({ to }) => to)).size).toBe(300);
  expect(record).toHaveLength(300);
  for (const { to, subject, text } of record) {
    const name = `Guest ${Number(/\d+/.exec(to)?.[0])}`;
    expect({ subject, text }).toEqual({ subject: `For ${name}`, text: `Dear ${name},\ndoors open at 19:00.\n` });
  }
  expect(new Set(record.map(({ providerMessageId }) => providerMessageId)).size).toBeLessThan(100);
  await until(async () => (await usageOf(app, owner)).total.delivered === 300);
});

test('a tenant has it through an account of its own, whose events have an address and a key of their own', async () => {
  const owner = await app.tenant();
  const apiKey = 'SG.of_riverside_alone';
  const credentials = { apiKey, webhookKey: verificationKeyOf(apiKey), region: 'eu' };
  const { body } = await app
    .as(owner)
    .post('/api/provider-accounts')
    .send({ provider: 'sendgrid', name: 'Our own', credentials })
    .expect(201);
  await newSender(app, owner, { channel: 'email', address: 'tickets@own.example', provider: 'sendgrid' });
  const to = newMailbox();
  const id = await send(app, owner, email({ to }));
  await whenStatus(app, owner, id, 'delivered');
  expect(await recordOf(app, to)).toMatchObject([{ accountId: (body as { id: string }).id }]);
  expect((await read(app, owner, id)).provider).toBe('sendgrid');
});

test.each(['/webhook/sendgrid', `/webhook/sendgrid/${randomUUID()}`])(
  'a post to %s that nobody signed is refused',
  async (path) => {
    const { body } = await app.http
      .post(path)
      .send([{ event: 'delivered' }])
      .expect(403);
    expect(body).toMatchObject({ code: 'webhook_untrusted' });
  },
);
