/** Domain events: published after the commit to this process; a listener that fails affects nobody else. */
import { EventBus } from '@nestjs/cqrs';
import { ConsentChanged } from '../../src/consent/index.js';
import { DomainEvents } from '../../src/kernel/index.js';
import { MessagesAccepted, MessagesDelivered, MessagesSent } from '../../src/ledger/index.js';
import { SenderChanged } from '../../src/tenants/index.js';
import { send, whenStatus } from '../support/messages.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';

let app: TestApp;
let tenant: Tenant;
const heard: object[] = [];
const hasHeard = <Event extends object>(kind: abstract new (...parameters: never[]) => Event): Event[] =>
  heard.filter((event): event is Event => event instanceof kind);

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  app.nest.get(EventBus).subscribe((event) => heard.push(event));
});
afterAll(() => app.close());
beforeEach(() => void heard.splice(0));

const metrics = async (): Promise<string> => (await app.http.get('/metrics').expect(200)).text;

test('a message is published when it is accepted, sent and delivered', async () => {
  const { venueId } = await venueWith(app, tenant, 'sms');
  expect(hasHeard(SenderChanged)).toMatchObject([{ tenantId: tenant.id, venueId, channel: 'sms', status: 'active' }]);
  const id = await send(app, tenant, {
    channel: 'sms',
    venueId,
    to: '+491713920077',
    content: { body: 'Doors at 19:00' },
  });
  await whenStatus(app, tenant, id, 'delivered');
  await until(() => hasHeard(MessagesDelivered).length > 0);
  expect(hasHeard(MessagesAccepted).flatMap(({ groups }) => groups)).toEqual([
    {
      tenantId: tenant.id,
      channel: 'sms',
      category: 'transactional',
      provider: 'twilio',
      campaignId: null,
      messages: 1,
    },
  ]);
  expect(hasHeard(MessagesSent).flatMap(({ messages }) => messages)).toMatchObject([
    { id, previous: 'sending', status: 'sent' },
  ]);
  expect(hasHeard(MessagesDelivered).flatMap(({ messages }) => messages)).toMatchObject([
    { id, previous: 'sent', status: 'delivered' },
  ]);
  expect(await metrics()).toMatch(
    /callboard_message_moves_total\{channel="sms",provider="twilio",status="delivered"\} 1/,
  );
});

test('a change of consent is published without the person, and a repeated decision is not', async () => {
  const path = `/api/consent/${tenant.defaultVenueId}/ana@example.com?channel=email`;
  const decision = { status: 'opted_out', channel: 'email', source: 'account settings' };
  await app.as(tenant).put(path).send(decision).expect(200);
  await app.as(tenant).put(path).send(decision).expect(200);
  expect(hasHeard(ConsentChanged).flatMap(({ groups }) => groups)).toEqual([
    {
      tenantId: tenant.id,
      venueId: tenant.defaultVenueId,
      channel: 'email',
      status: 'opted_out',
      source: 'account settings',
      people: 1,
    },
  ]);
  expect(JSON.stringify(heard)).not.toContain('ana@');
});

class Noted {}

test('what is rolled back is never published, and what is committed only then', async () => {
  const events = app.nest.get(DomainEvents);
  await expect(
    app.database.transaction(async () => {
      await events.publish([new Noted()]);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await app.database.transaction(async () => {
    await events.publish([new Noted()]);
    expect(hasHeard(Noted)).toEqual([]);
  });
  expect(hasHeard(Noted)).toHaveLength(1);
});

test('a handler that throws is counted by name, and nobody else notices', async () => {
  const broken = new MessagesAccepted(null as unknown as []);
  await app.nest.get(DomainEvents).publish([broken, new Noted()]);
  const counted = /callboard_event_handler_failures_total\{handler="MessageMetrics",event="MessagesAccepted"\} 1/;
  await until(async () => counted.test(await metrics()));
  expect(heard.slice(-2)).toEqual([broken, new Noted()]);
});
