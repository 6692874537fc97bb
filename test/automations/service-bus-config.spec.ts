/** The variables of the message bus, pure: to settings, or to every mistake at once. */
import { EnvironmentReader } from '../../src/kernel/config/environment-reader.js';
import { PACE, readServiceBus } from '../../src/automations/service-bus/service-bus-config.js';

const KEY = 'c2VjcmV0IG9mIHRoZSBidXM=';
const CONNECTION = `Endpoint=sb://riverside.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey=${KEY}`;
const TENANT = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
const WHOLE = {
  SERVICEBUS_CONNECTION_STRING: CONNECTION,
  SERVICEBUS_TOPIC: 'orders',
  SERVICEBUS_SUBSCRIPTION: 'callboard',
};

function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  const read = new EnvironmentReader(environment);
  readServiceBus(read);
  return read.problems;
}

test('Without variables there is no bus', () => {
  expect(readServiceBus(new EnvironmentReader({}))).toEqual({});
  expect(problemsOf({})).toEqual([]);
});

test('A bus is its connection, topic and subscription, and perhaps a tenant', () => {
  const settings = { connectionString: CONNECTION, topic: 'orders', subscription: 'callboard', pace: PACE };
  expect(readServiceBus(new EnvironmentReader(WHOLE))).toEqual({ serviceBus: settings });
  expect(readServiceBus(new EnvironmentReader({ ...WHOLE, SERVICEBUS_TENANT: TENANT }))).toEqual({
    serviceBus: { ...settings, tenantId: TENANT },
  });
});

test.each([
  [
    'of an emulator',
    'Endpoint=sb://localhost:5672;SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true;',
  ],
  ['of this topic', `${CONNECTION};EntityPath=orders`],
  [
    'with a signature',
    'Endpoint=sb://a.servicebus.windows.net/;SharedAccessSignature=SharedAccessSignature sr=a&sig=b&se=1&skn=c',
  ],
])('A connection string %s is taken', (_, connection) => {
  expect(problemsOf({ ...WHOLE, SERVICEBUS_CONNECTION_STRING: connection })).toEqual([]);
});

test.each([
  ['without an endpoint', `SharedAccessKeyName=a;SharedAccessKey=${KEY}`, 'has no Endpoint of the form'],
  ['of another protocol', `Endpoint=https://a.example;SharedAccessKeyName=a;SharedAccessKey=${KEY}`, 'has no Endpoint'],
  ['without a key', 'Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=a', 'has no SharedAccessKeyName and'],
  ['of an emulator that is none to the SDK', `${CONNECTION};UseDevelopmentEmulator=True`, 'in small letters'],
  ['of another topic', `${CONNECTION};EntityPath=refunds`, 'another EntityPath'],
])('A connection string %s is refused, unquoted', (_, connection, problem) => {
  const problems = problemsOf({ ...WHOLE, SERVICEBUS_CONNECTION_STRING: connection });
  expect(problems).toEqual([expect.stringContaining(`SERVICEBUS_CONNECTION_STRING`)]);
  expect(problems[0]).toContain(problem);
  expect(problems[0]).not.toContain(KEY);
});

test('All mistakes are reported together', () => {
  expect(
    problemsOf({ SERVICEBUS_TOPIC: 'a topic', SERVICEBUS_SUBSCRIPTION: 'x'.repeat(51), SERVICEBUS_TENANT: 'acme' }),
  ).toEqual([
    'SERVICEBUS_TOPIC is not the name of a topic',
    'SERVICEBUS_SUBSCRIPTION is not the name of a subscription',
    'SERVICEBUS_TENANT is not the id of a tenant',
    'SERVICEBUS_CONNECTION_STRING is missing: SERVICEBUS_TOPIC is of no use without it',
    'SERVICEBUS_CONNECTION_STRING is missing: SERVICEBUS_SUBSCRIPTION is of no use without it',
    'SERVICEBUS_CONNECTION_STRING is missing: SERVICEBUS_TENANT is of no use without it',
  ]);
  expect(problemsOf({ SERVICEBUS_CONNECTION_STRING: CONNECTION })).toEqual([
    'SERVICEBUS_TOPIC is missing: set the topic that services publish to',
    'SERVICEBUS_SUBSCRIPTION is missing: set the subscription that is ours',
  ]);
});
