/** The same journey on each provider of texts: which one it is, is configuration alone. */
import { CommandBus } from '@nestjs/cqrs';
import { ReconcileDoubts } from '../../src/dispatch/doubts/reconcile-doubts.command.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { act, draft, emptyAudience, template, whenState } from '../campaigns/campaign.support.js';
import { consentOf, decide, suppressionOf } from '../support/consent.js';
import { list, read, send, text, whenEnded, whenStatus } from '../support/messages.js';
import { newAmericanNumber, newNumber } from '../support/people.js';
import { allReported, faults, recordOf, timesTakenBy } from '../support/sandbox.js';
import { newVenue, venueWith } from '../support/senders.js';
import { usageOf } from '../support/usage.js';

const PICTURE = 'https://img.example/map.png';

describe.each([
  { provider: 'twilio', dead: '+15005550009', deadCode: '21614', stoppedCode: '21610' },
  { provider: 'plivo', dead: '+15005551050', deadCode: '50', stoppedCode: '200' },
] as const)('Texts through $provider', ({ provider, dead, deadCode, stoppedCode }) => {
  let app: TestApp;
  let tenant: Tenant;
  let venueId: string;
  let number: string;
  beforeAll(async () => {
    app = await openTestApp({ defaultProviders: { sms: provider } });
    tenant = await app.tenant();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    ({ venueId, number } = await venueWith(app, tenant, 'sms'));
  });
  afterEach(() => faults(app, {}));

  const sendTo = (to: string, more: object = {}): Promise<string> => send(app, tenant, text({ venueId, to, ...more }));
  async function receive(from: string, to: string, body: string): Promise<void> {
    const answer = await app.http.post('/sandbox/inbound').send({ provider, from, to, body }).expect(200);
    expect(answer.body).toMatchObject({ status: 200 });
  }
  const consentAt = async (venue: string, person: string): Promise<string> =>
    (await consentOf(app, tenant, venue, person)).status;

  test('go out from the venue’s number, are followed to their end by signed callbacks, and are counted', async () => {
    const owner = await app.tenant();
    const own = await venueWith(app, owner, 'sms');
    const to = newNumber();
    const id = await send(app, owner, text({ venueId: own.venueId, to, content: { body: 'x'.repeat(161) } }));
    const view = await whenStatus(app, owner, id, 'delivered');
    expect(view).toMatchObject({ provider, from: own.number, segments: 2 });
    expect(view.events.map(({ kind, source }) => [kind, source])).toEqual([
      ['queued', 'api'],
      ['sent', 'dispatch'],
      ['delivered', 'webhook'],
    ]);
    expect(await recordOf(app, to)).toMatchObject([
      { provider, from: own.number, messageId: id, providerMessageId: view.providerMessageId, segments: 2 },
    ]);
    await until(async () => (await usageOf(app, owner)).total.delivered === 1);
    expect((await usageOf(app, owner)).total).toMatchObject({ messages: 1, segments: 2, delivered: 1, failed: 0 });
  });

  test('go out from the platform’s number there for a venue without one', async () => {
    const to = newNumber();
    const id = await send(app, tenant, text({ venueId: await newVenue(app, tenant), to }));
    await whenStatus(app, tenant, id, 'delivered');
    expect(await recordOf(app, to)).toMatchObject([{ provider, from: app.config.platform[provider]?.from }]);
  });

  test('take pictures along', async () => {
    const to = newAmericanNumber();
    const mms = { channel: 'mms', venueId, to, content: { body: 'The map', mediaUrls: [PICTURE] } };
    await whenStatus(app, tenant, await send(app, tenant, mms), 'delivered');
    expect(await recordOf(app, to)).toMatchObject([{ provider, channel: 'mms', mediaUrls: [PICTURE] }]);
  });

  test('stop for who says STOP to the number, at that venue alone, until START', async () => {
    const person = newNumber();
    const other = await venueWith(app, tenant, 'sms');
    await receive(person, number, 'Stop');
    expect(await consentAt(venueId, person)).toBe('opted_out');
    expect(await consentAt(other.venueId, person)).toBe('unknown');
    expect(await whenEnded(app, tenant, await sendTo(person))).toMatchObject({ status: 'blocked_opted_out' });
    await whenStatus(app, tenant, await send(app, tenant, text({ venueId: other.venueId, to: person })), 'delivered');
    expect(await timesTakenBy(app, person)).toBe(1);
    await receive(person, number, 'START');
    expect(await consentAt(venueId, person)).toBe('opted_in');
    await whenStatus(app, tenant, await sendTo(person), 'delivered');
  });

  test('stop here too for who has said STOP to the provider alone', async () => {
    const person = newNumber();
    await receive(person, number, 'STOP');
    await decide(app, tenant, [person], 'sms', 'opted_in', venueId);
    const ended = await whenEnded(app, tenant, await sendTo(person));
    expect(ended).toMatchObject({ errorCode: stoppedCode, reason: 'opted_out_at_provider' });
    expect(ended.errorMessage).toMatch(/\w/);
    await until(async () => (await consentAt(venueId, person)) === 'opted_out');
    expect(await whenEnded(app, tenant, await sendTo(person))).toMatchObject({ status: 'blocked_opted_out' });
  });

  test('to a number that is dead suppress it', async () => {
    const ended = await whenEnded(app, tenant, await sendTo(dead));
    expect(ended).toMatchObject({ errorCode: deadCode });
    expect(ended.errorMessage).toMatch(/\w/);
    await until(async () => (await suppressionOf(app, tenant, dead))?.reason === 'invalid_address');
    expect(await whenEnded(app, tenant, await sendTo(dead))).toMatchObject({ status: 'suppressed' });
  });

  test('wait while the provider throttles, and go out once', async () => {
    const to = newNumber();
    await faults(app, { calls: [{ provider, nth: { tooMany: 1 } }] });
    const id = await sendTo(to);
    await until(async () => (await read(app, tenant, id)).events.some(({ kind }) => kind === 'deferred'));
    await faults(app, {});
    await whenStatus(app, tenant, id, 'delivered');
    expect(await timesTakenBy(app, to)).toBe(1);
  });

  test('that were taken in silence are settled by their callbacks', async () => {
    const to = newNumber();
    await faults(app, { calls: [{ provider, nth: { resetAfter: 1 } }] });
    const id = await sendTo(to);
    await whenStatus(app, tenant, id, 'delivered');
    expect(await timesTakenBy(app, to)).toBe(1);
  });

  test('that were never taken are sent once the provider’s list proves it', async () => {
    const to = newNumber();
    await faults(app, { calls: [{ provider, nth: { badGateway: 1 } }] });
    const id = await sendTo(to);
    await whenStatus(app, tenant, id, 'unknown');
    await faults(app, {});
    // An hour later.
    await app.database.query(`update message_event set at = at - interval '1 hour' where message_id = $1`, [id]);
    await app.database.query(
      `update doubt set look_at = now(), since = since - interval '1 hour' where message_id = $1`,
      [id],
    );
    await app.nest.get(CommandBus).execute(new ReconcileDoubts());
    expect(await whenStatus(app, tenant, id, 'delivered')).toMatchObject({ attempts: 2 });
    expect(await timesTakenBy(app, to)).toBe(1);
  });

  test('believe no forged callback', async () => {
    await faults(app, { callbacks: { badSignature: 1 } });
    const id = await sendTo(newNumber());
    await whenStatus(app, tenant, id, 'sent');
    await until(() => allReported(app));
    expect(await read(app, tenant, id)).toMatchObject({ status: 'sent' });
  });

  test('go to an audience as a campaign', async () => {
    const templateKey = await template(app, tenant, 'sms');
    const audienceId = await emptyAudience(app, tenant);
    const people = Array.from({ length: 30 }, () => newNumber());
    const contacts = people.map((to) => JSON.stringify({ phone: to, name: 'guest' })).join('\n');
    await app
      .as(tenant)
      .post(`/api/audiences/${audienceId}/contacts`)
      .set('content-type', 'application/x-ndjson')
      .send(contacts)
      .expect(200);
    const { id } = await draft(app, tenant, { channel: 'sms', venueId, templateKey, audienceId });
    await act(app, tenant, id, 'launch');
    await whenState(app, tenant, id, 'SENT');
    await until(
      async () => (await list(app, tenant, { campaignId: id, status: 'delivered', limit: 50 })).items.length === 30,
    );
    for (const to of people) expect(await timesTakenBy(app, to)).toBe(1);
  });
});
