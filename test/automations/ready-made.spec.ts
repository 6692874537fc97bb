/** The ready-made automations: installed once, in two languages, each from its event to its message. */
import { until } from '../../harness/until.js';
import type { InstalledView } from '../../src/automations/ready-made/install.dto.js';
import { READY_MADE } from '../../src/automations/ready-made/set.js';
import type { RunView } from '../../src/automations/runs/runs.dto.js';
import { advance, happen, runsOf, setClock } from '../support/automations.js';
import { decide } from '../support/consent.js';
import { change, newAttendee, newCustomer, newEvent, newOrder, openHost } from '../support/host.js';
import { read, whenEnded } from '../support/messages.js';
import { newSenderNumber } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
const install = async (body: object = {}, owner = tenant): Promise<InstalledView> =>
  (await app.as(owner).post('/api/automations/install').send(body).expect(200)).body as InstalledView;
const idOf = async (key: string): Promise<string> => {
  const { body } = await app.as(tenant).get('/api/automations').query({ limit: 100 }).expect(200);
  return (body as { items: { id: string; key: string }[] }).items.find((each) => each.key === key)?.id ?? '';
};

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant({ timezone: 'Europe/Berlin' });
  await openHost(app, tenant);
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  await install();
});
afterAll(() => app.close());

test('They are installed once; what is there stays as it is', async () => {
  const owner = await app.tenant();
  const first = await install({ keys: ['order-confirmation'], languages: ['de', 'en'] }, owner);
  expect(first).toEqual({
    automations: [{ key: 'order-confirmation', status: 'installed' }],
    templates: [
      'order-confirmation-sms',
      'order-confirmation-email',
      'order-confirmation-sms.en',
      'order-confirmation-email.en',
    ],
  });
  const second = await install({}, owner);
  expect(second.automations.filter(({ status }) => status === 'present').map(({ key }) => key)).toEqual([
    'order-confirmation',
  ]);
  expect(second.automations).toHaveLength(READY_MADE.length);
  expect(second.templates.filter((key) => key.startsWith('order-confirmation'))).toEqual([]);
  const { body } = await app.as(owner).get('/api/templates/order-confirmation-sms').expect(200);
  expect((body as { body: string }).body).toContain('Bestellung');
});

test('A key that is none of theirs is refused by name', async () => {
  const { body } = await app
    .as(tenant)
    .post('/api/automations/install')
    .send({ keys: ['order-cancel'] })
    .expect(400);
  expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'keys' }] });
});

/** When each is to write: its event is on 10 June 2027 at 20:00 in Berlin, and its trigger comes on the 1st at noon. */
const WHEN: Readonly<Record<string, string>> = {
  'event-reminders': '2027-06-09T18:00:00Z',
  'feedback-request': '2027-06-11T09:00:00Z',
};

test.each(READY_MADE.flatMap(({ key }) => ['en', 'de', 'fr'].map((language) => [key, language] as const)))(
  '%s writes to a person who reads %s',
  async (key, language) => {
    const ready = READY_MADE.find((each) => each.key === key);
    setClock(app, '2027-06-01T10:00:00Z');
    const person = await newCustomer(app, tenant, { language });
    await decide(app, tenant, [person.email], 'email');
    const eventId = await newEvent(app, tenant, '2027-06-10T20:00', {
      status: key === 'event-cancelled' ? 'cancelled' : 'scheduled',
    });
    const attendeeId = await newAttendee(app, tenant, eventId, person.id);
    if (key === 'waitlist-offer') await change(app, tenant, 'attendees', attendeeId, { status: 'waitlisted' });
    const orderId = await newOrder(app, tenant, person.id, { event_id: eventId });
    const subject = ready?.definition.to ? { eventId } : key === 'order-confirmation' ? { orderId } : { attendeeId };
    await happen(app, tenant, ready?.definition.trigger ?? '', { ...subject, text: 'Leave by gate 4' });
    await advance(app);
    setClock(app, WHEN[key] ?? '2027-06-01T10:00:00Z');
    await advance(app);
    const automationId = await idOf(key);
    const run = await until(async () => {
      const runs = await runsOf(app, tenant, automationId);
      return runs.find(({ customerId, log }) => customerId === person.id && log.some(({ what }) => what === 'sent'));
    });
    const message = await whenEnded(app, tenant, sentBy(run));
    expect(message).toMatchObject({ status: 'delivered', messageType: key });
    expect(message.templateKey).toMatch(language === 'de' ? /\.de$/ : /-(sms|email)$/);
    const taken = (await recordOf(app, message.to)).filter(({ messageId }) => messageId === message.id);
    expect(taken[0]?.body ?? taken[0]?.text).not.toMatch(/\{\{|undefined|Invalid/);
  },
);

const sentBy = ({ log }: RunView): string => log.find(({ what }) => what === 'sent')?.messageId ?? '';

test('An email of theirs has its paragraphs as HTML', async () => {
  setClock(app, '2027-06-01T10:00:00Z');
  const person = await newCustomer(app, tenant, { phone: null, name: 'Ana & Ben' });
  const orderId = await newOrder(app, tenant, person.id, { event_id: await newEvent(app, tenant, '2027-06-10T20:00') });
  await happen(app, tenant, 'order.confirmed', { orderId });
  await advance(app);
  const id = await idOf('order-confirmation');
  const run = await until(async () =>
    (await runsOf(app, tenant, id)).find(({ customerId }) => customerId === person.id),
  );
  const message = await read(app, tenant, sentBy(run));
  await whenEnded(app, tenant, message.id);
  const [taken] = await recordOf(app, person.email);
  expect(taken?.html).toContain('<p>Hello Ana &amp; Ben,</p>');
});
