/** Rules that go on by what people do: they click in an email, or answer. */
import {
  advance,
  automate,
  happen,
  runsOf,
  setClock,
  steps,
  template,
  whenOver,
  whenWaiting,
} from '../support/automations.js';
import { newCustomer, newEvent, newOrder, openHost } from '../support/host.js';
import { read, whenStatus } from '../support/messages.js';
import { newSenderNumber } from '../support/people.js';
import { receive } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';
import { postSes } from '../support/ses.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import type { RunView } from '../../src/automations/runs/runs.dto.js';

let app: TestApp;
let tenant: Tenant;
const number = newSenderNumber();
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  await openHost(app, tenant);
  for (const channel of ['sms', 'voice']) await newSender(app, tenant, { channel, address: number });
  await template(app, tenant, 'letter', { channel: 'email', subject: 'Your evening', text: 'See the programme' });
  await template(app, tenant, 'note', { channel: 'sms', body: 'Will you come?' });
  await template(app, tenant, 'yes', { channel: 'sms', body: 'Good' });
  await template(app, tenant, 'no', { channel: 'sms', body: 'Still there?' });
  const acknowledge = { prompt: 'Press 1 to confirm.', confirmation: 'Thank you.' };
  await template(app, tenant, 'call', { channel: 'voice', body: 'Will you come?', speech: { repeat: 1, acknowledge } });
});
afterAll(() => app.close());

const START = '2027-06-01T12:00:00Z';
const send = (...templates: string[]): object => ({ send: { templates } });
const asking = (is: string, ...templates: string[]): object => ({
  trigger: 'guest.asked',
  steps: [send(...templates), { report: { is, within: 'P2D', do: [send('yes')], else: [send('no')] } }],
});

/** A run by this definition, and its first message, of somebody new. */
async function begin(definition: object, person: object = {}): Promise<{ id: string; phone: string; first: string }> {
  setClock(app, START);
  const { id: customerId, phone } = await newCustomer(app, tenant, person as Record<string, unknown>);
  const { id } = await automate(app, tenant, definition);
  await happen(app, tenant, 'guest.asked', { customerId });
  await advance(app);
  await app.as(tenant).patch(`/api/automations/${id}`).send({ enabled: false }).expect(200);
  const [run] = await runsOf(app, tenant, id);
  return { id, phone, first: run?.log[0]?.messageId ?? '' };
}

/** The template of the last message, once the run is over. */
async function lastTemplate(id: string): Promise<string | null> {
  const [run] = await whenOver(app, tenant, id);
  return (await read(app, tenant, run?.log.findLast(({ what }) => what === 'sent')?.messageId ?? '')).templateKey;
}
const engage = (eventType: 'Open' | 'Click', mid: string): Promise<void> =>
  postSes(app, { eventType, mail: { messageId: 'ses-1', timestamp: START, tags: { mid: [mid] } } });
const waiting = async (id: string): Promise<RunView> => whenWaiting(app, tenant, id);
const follower = (id: string): Promise<string> => until(async () => (await read(app, tenant, id)).followedBy ?? false);

test('A click has the run go on at once, and being read or opened does not', async () => {
  const { id, first } = await begin(asking('clicked', 'letter'));
  await whenStatus(app, tenant, first, 'delivered');
  await engage('Open', first);
  await until(async () => (await read(app, tenant, first)).events.some(({ kind }) => kind === 'opened'));
  expect(steps(await waiting(id))).toEqual(['sent email', 'waits 2027-06-03T12:00:00.000Z']);
  await engage('Click', first);
  expect(await lastTemplate(id)).toBe('yes');
});

test('Whoever has clicked in an email has opened it', async () => {
  const { id, first } = await begin(asking('opened', 'letter'));
  await engage('Click', first);
  expect(await lastTemplate(id)).toBe('yes');
});

test('Where nobody clicks in time, the run goes on otherwise, and a later click changes nothing', async () => {
  const { id, first } = await begin(asking('clicked', 'letter'));
  await waiting(id);
  setClock(app, '2027-06-03T12:00:00Z');
  expect(await lastTemplate(id)).toBe('no');
  await engage('Click', first);
  await until(async () => (await read(app, tenant, first)).events.some(({ kind }) => kind === 'clicked'));
  await advance(app);
  expect((await runsOf(app, tenant, id))[0]?.log).toHaveLength(3);
});

test('Nobody waits for a click in an email that reached nobody', async () => {
  const { id } = await begin(asking('clicked', 'letter'), { email: 'bounce@simulator.amazonses.com' });
  expect(await lastTemplate(id)).toBe('no');
});

test('A reply has the run go on at once', async () => {
  const { id, first, phone } = await begin(asking('answered', 'note'));
  await whenStatus(app, tenant, first, 'delivered');
  expect(steps(await waiting(id))).toEqual(['sent sms', 'waits 2027-06-03T12:00:00.000Z']);
  await receive(app, { from: phone, to: number, body: 'With pleasure' });
  expect(await lastTemplate(id)).toBe('yes');
});

test('The key that is pressed in a call is an answer', async () => {
  const { id } = await begin(asking('answered', 'call'), { phone: '+15005550305' });
  expect(await lastTemplate(id)).toBe('yes');
});

test('A click in the email that followed a text counts', async () => {
  const { id, first } = await begin(asking('clicked', 'note', 'letter'), { phone: '+15005550103' });
  await engage('Click', await follower(first));
  expect(await lastTemplate(id)).toBe('yes');
});

test('An answer to a text that was reported as undelivered counts, also after an email has followed it', async () => {
  const phone = '+15005550105';
  const { id, first } = await begin(asking('answered', 'note', 'letter'), { phone });
  await whenStatus(app, tenant, await follower(first), 'delivered');
  await waiting(id);
  await receive(app, { from: phone, to: number, body: 'I am here' });
  expect(await lastTemplate(id)).toBe('yes');
});

test('A rule that waits for what never comes on the channels before it is refused', async () => {
  const given = async (...list: object[]): Promise<unknown> => {
    const definition = { trigger: 'guest.asked', steps: list };
    const body = { key: `refused-${list.length}`, name: 'Refused', definition };
    return (await app.as(tenant).post('/api/automations').send(body).expect(422)).body;
  };
  const report = (is: string): object => ({ report: { is, within: 'PT1H' } });
  expect(await given(send('note'), report('clicked'))).toMatchObject({
    code: 'invalid_automation',
    errors: [
      {
        path: 'definition.steps[1].report.is',
        message: 'waits in vain: clicked comes on email, and the message before it goes by sms',
      },
    ],
  });
  expect(await given(send('letter'), report('clicked'), send('note'), report('opened'))).toMatchObject({
    errors: [{ path: 'definition.steps[3].report.is' }],
  });
  expect(await given(send('letter'), report('answered'), report('read'))).toMatchObject({
    errors: [{ path: 'definition.steps[1].report.is' }, { path: 'definition.steps[2].report.is' }],
  });
  const branch = { if: [{ field: 'data.vip', is: 'present' }], do: [send('letter')], else: [send('note')] };
  await automate(app, tenant, { trigger: 'guest.asked', steps: [{ branch }, report('clicked'), report('answered')] });
});

test('A dry run shows a rule as if nobody clicked', async () => {
  const { id } = await automate(app, tenant, asking('clicked', 'letter'));
  const { id: customerId } = await newCustomer(app, tenant);
  const orderId = await newOrder(app, tenant, customerId, {
    event_id: await newEvent(app, tenant, '2027-07-01T20:00'),
  });
  const event = { type: 'guest.asked', id: 'sample', data: { orderId } };
  const { body } = await app.as(tenant).post(`/api/automations/${id}/dry-run`).send({ event, at: START }).expect(200);
  expect(body).toMatchObject({
    ends: 'done',
    steps: [
      { what: 'sent', templateKey: 'letter' },
      { path: 'steps[1].report', what: 'waits', until: '2027-06-03T12:00:00.000Z' },
      { path: 'steps[1].report.else[0].send', at: '2027-06-03T12:00:00.000Z', templateKey: 'no' },
    ],
  });
});
