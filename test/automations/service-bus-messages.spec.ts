/** Which messages of the bus are which events: with the real SDK, against a broker of our own on loopback. */
import rhea, { type Message } from 'rhea';
import type { DeskView } from '../../src/operations/operations-views.dto.js';
import { jsonMessage } from '../../harness/amqp.js';
import { ServiceBusPeer } from '../../harness/service-bus-peer.js';
import { until } from '../../harness/until.js';
import type { TestApp, Tenant } from '../support/test-app.js';
import { eventsOf, openOnBus, type StoredEvent } from './bus.support.js';

let peer: ServiceBusPeer;
let app: TestApp;
let tenant: Tenant;
let fallback: Tenant;
let count = 0;

beforeAll(async () => {
  peer = await ServiceBusPeer.listen();
  app = await openOnBus(peer);
  tenant = await app.tenant();
});
afterAll(async () => {
  await app.close();
  await peer.close();
});

const newId = (): string => `evt-${(count += 1)}`;
const DATA = { orderId: 'A-1', customerId: 'C-1' };

/** Publishes one message of the tenant, and answers the event that it became, once it has been completed. */
async function eventOf(message: Message, of = tenant): Promise<StoredEvent | undefined> {
  const id = newId();
  const { application_properties: properties } = message;
  peer.publish({ message_id: id, ...message, application_properties: { tenantId: tenant.id, ...properties } });
  await until(() => peer.waiting === 0);
  const events = await eventsOf(app, of.id);
  return events.find(({ external_id }) => external_id === String(message.message_id ?? id));
}

/** Publishes a message that is refused, and answers what its sender finds in the dead-letter queue. */
async function refusalOf(message: Message): Promise<{ reason: string | undefined; description: string | undefined }> {
  const before = peer.deadLetters.length;
  peer.publish({ message_id: newId(), ...message });
  const letter = await until(() => peer.deadLetters[before]);
  return { reason: letter.reason, description: letter.description };
}

const data = (...sections: Buffer[]): unknown =>
  rhea.message.data_section(sections.length === 1 ? sections[0] : (sections as never));
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

describe('A message is an event', () => {
  test('that was published thin: its subject is the type, its id the event’s, its body the data', async () => {
    const event = await eventOf(jsonMessage(DATA, { subject: 'order.confirmed', correlation_id: 'trace-7' }));
    expect(event).toMatchObject({
      type: 'order.confirmed',
      data: DATA,
      origin: 'service_bus',
      correlation_id: 'trace-7',
    });
    expect(peer.completed.at(-1)).toBe(event?.external_id);
  });

  test('that came whole, as for POST /api/events', async () => {
    const envelope = {
      type: 'event.cancelled',
      id: 'other',
      occurredAt: '2026-11-01T10:00:00.000Z',
      data: { eventId: 7 },
    };
    const event = await eventOf(jsonMessage({ ...envelope, correlationId: 'c-1' }));
    expect(event).toMatchObject({ type: 'event.cancelled', data: { eventId: 7 }, correlation_id: 'c-1' });
    expect(new Date(event?.occurred_at ?? '').toISOString()).toBe('2026-11-01T10:00:00.000Z');
    const { message_id: _, ...nameless } = jsonMessage({ ...envelope, id: 'own-id' });
    peer.publish({ ...nameless, application_properties: { tenantId: tenant.id } });
    await until(() => peer.waiting === 0);
    expect((await eventsOf(app, tenant.id)).map(({ external_id }) => external_id)).toContain('own-id');
  });

  test.each([
    ['the subject', { subject: 'a.subject', application_properties: { type: 'a.property' } }, 'a.subject'],
    ['a property', { application_properties: { type: 'a.property', MessageType: 'other' } }, 'a.property'],
    ['the property of .NET', { application_properties: { MessageType: 'a.message-type' } }, 'a.message-type'],
    ['the body', {}, 'a.body'],
  ])('whose type is named by %s', async (_, more, type) => {
    expect(await eventOf(jsonMessage({ ...DATA, type: 'a.body' }, more))).toMatchObject({ type, data: DATA });
  });

  test.each([
    ['a property over the body', { tenantId: 'none' }, (id: string) => ({ tenantId: id })],
    ['a Guid', {}, (id: string) => ({ tenantId: rhea.types.wrap_uuid(rhea.string_to_uuid(id)) })],
  ])('whose tenant is named by %s', async (_, more, properties) => {
    const message = jsonMessage({ ...DATA, ...more }, { subject: 'a.type' });
    expect(await eventOf({ ...message, application_properties: properties(tenant.id) })).toMatchObject({ data: DATA });
  });

  test.each(['tenantId', 'TenantId'])('whose tenant is named by %s in the body', async (name) => {
    fallback ??= await app.tenant();
    const message = jsonMessage({ ...DATA, [name]: fallback.id }, { subject: 'a.type', message_id: `body ${name}` });
    peer.publish(message);
    await until(() => peer.waiting === 0);
    expect(await eventsOf(app, fallback.id)).toContainEqual(
      expect.objectContaining({ external_id: `body ${name}`, data: DATA }),
    );
  });

  test.each<[string, Message['message_id'], string]>([
    ['a number', 17, '17'],
    ['text of digits', '00018', '00018'],
  ])('whose id is %s', async (_, id, known) => {
    await eventOf(jsonMessage(DATA, { subject: 'a.type', message_id: id }));
    expect((await eventsOf(app, tenant.id)).map(({ external_id }) => external_id)).toContain(known);
  });

  test.each<[string, unknown, object]>([
    ['JSON with a byte order mark', data(bytes(`\ufeff${JSON.stringify(DATA)}`)), DATA],
    [
      'JSON in two sections that part within a character',
      data(bytes('{"hall":"Café"}').subarray(0, 13), bytes('{"hall":"Café"}').subarray(13)),
      { hall: 'Café' },
    ],
    ['a map of AMQP', { orderId: 'A-2', customerId: 9 }, { orderId: 'A-2', customerId: 9 }],
    ['JSON in a value of AMQP', JSON.stringify(DATA), DATA],
    [
      'a map with a Guid and a time',
      {
        orderId: rhea.types.wrap_uuid(rhea.string_to_uuid('0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12')),
        at: new Date('2026-11-01T10:00:00Z'),
      },
      { orderId: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12', at: '2026-11-01T10:00:00.000Z' },
    ],
    [
      'ids that look like numbers',
      data(bytes('{"orderId":"007","customerId":"1e3"}')),
      { orderId: '007', customerId: '1e3' },
    ],
  ])('whose body is %s', async (_, body, expected) => {
    expect(await eventOf({ subject: 'a.type', body })).toMatchObject({ data: expected });
  });

  test.each([
    ['correlationId', 'c-2', 'c-2'],
    ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '0af7651916cd43dd8448eb211c80319c'],
    ['Diagnostic-Id', '00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '1af7651916cd43dd8448eb211c80319c'],
    ['correlationId', 'Ana Example', null],
  ])('that the property %s of %s follows', async (name, value, expected) => {
    const message = jsonMessage(DATA, { subject: 'a.type', application_properties: { [name]: value } });
    expect(await eventOf(message)).toMatchObject({ correlation_id: expected });
  });
});

describe('A message that can be no event is dead-lettered, quoting nothing', () => {
  const PERSON = 'ana@example.com';
  const of = (more: object = {}): Omit<Message, 'body'> => ({
    subject: 'a.type',
    application_properties: { tenantId: tenant.id, ...more },
  });

  test.each<[string, () => Message, string, RegExp]>([
    ['text', () => ({ ...of(), body: data(bytes(PERSON)) }), 'invalid_request', /JSON in UTF-8/],
    ['digits', () => ({ ...of(), body: data(bytes('12345')) }), 'invalid_request', /JSON object/],
    [
      'a list',
      () => ({ ...of(), body: rhea.message.sequence_section([PERSON] as never) }),
      'invalid_request',
      /JSON object/,
    ],
    ['Latin-1', () => ({ ...of(), body: data(Buffer.from('{"a":"é"}', 'latin1')) }), 'invalid_request', /UTF-8/],
    ['UTF-16', () => ({ ...of(), body: data(Buffer.from('\ufeff{}', 'utf16le')) }), 'invalid_request', /UTF-8/],
    ['nothing', () => ({ ...of(), body: data(Buffer.alloc(0)) }), 'invalid_request', /JSON in UTF-8/],
    [
      'an id that is none',
      () => ({ ...of(), ...jsonMessage({ orderId: { PERSON } }) }),
      'invalid_request',
      /data\.orderId must be an id/,
    ],
    [
      'a character that is not stored',
      () => ({ ...of(), ...jsonMessage({ note: `${PERSON}\0` }) }),
      'invalid_request',
      /^data/,
    ],
    [
      'too much data',
      () => ({ ...of(), ...jsonMessage({ note: PERSON.repeat(2_000) }) }),
      'invalid_request',
      /16384 characters/,
    ],
    ['a venue that is none', () => ({ ...of(), ...jsonMessage({ venueId: PERSON }) }), 'venue_not_found', /venue/i],
  ])('of %s', async (_, message, reason, description) => {
    const refusal = await refusalOf(message());
    expect(refusal).toEqual({ reason, description: expect.stringMatching(description) });
    expect(JSON.stringify(refusal)).not.toContain(PERSON);
  });

  test('without a type, an id or a tenant', async () => {
    const { application_properties } = of();
    expect(await refusalOf(jsonMessage(DATA, { application_properties }))).toMatchObject({
      description: 'type is missing',
    });
    expect(await refusalOf(jsonMessage(DATA, { ...of(), message_id: undefined as never }))).toMatchObject({
      description: 'id is missing',
    });
    expect(await refusalOf(jsonMessage(DATA, { subject: 'a.type' }))).toEqual({
      reason: 'invalid_request',
      description: 'tenantId must be the id of a tenant',
    });
  });

  test('of a tenant that there is not', async () => {
    const application_properties = { tenantId: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12' };
    expect(await refusalOf(jsonMessage(DATA, { subject: 'a.type', application_properties }))).toMatchObject({
      reason: 'tenant_not_found',
    });
  });

  test('and is counted: for operators, in readiness and in the metrics', async () => {
    const dead = peer.deadLetters.length;
    const { body } = await app.admin().get('/api/desk').expect(200);
    expect((body as DeskView).events).toEqual({ deadLettered: dead, serviceBus: 'up' });
    const ready = await app.http.get('/health/ready').expect(200);
    expect(ready.body).toMatchObject({ checks: { service_bus: { status: 'up', details: { deadLettered: dead } } } });
    const metrics = await app.http.get('/metrics').expect(200);
    expect(metrics.text).toContain(`callboard_event_dead_letters{origin="service_bus"} ${dead}`);
    const ofATenant = await app.as(tenant).get('/api/desk').expect(200);
    expect((ofATenant.body as DeskView).events).toBeNull();
  });
});
