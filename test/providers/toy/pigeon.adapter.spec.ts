/** The toy takes the exam that every adapter takes. */
import { randomUUID } from 'node:crypto';
import { json, type Script } from '../loopback.js';
import { providerContract } from '../provider.contract.js';
import { PigeonAdapter } from './pigeon.adapter.js';

interface Sent {
  readonly id: string;
  readonly to: string;
}

const BAD = '+15550000000';

const healthy: Script = ({ path, body }) => {
  if (path.endsWith('/account')) return json(200, {});
  const { to } = JSON.parse(body) as Sent;
  return to === BAD ? json(422, { error: `no pigeon knows ${to}` }) : json(201, { ref: `ref-${to}` });
};

providerContract({
  name: 'Pigeon Post',
  adapterAt: (origin, timeoutMs) => new PigeonAdapter(origin, timeoutMs),
  account: { id: 'account-1', version: 1, credentials: { loft: 'loft-1', token: 'coo_example' } },
  secret: 'token',
  envelope: (to) => ({
    messageId: randomUUID(),
    attempt: 1,
    tenantId: randomUUID(),
    channel: 'sms',
    from: '+15550001111',
    to,
    content: { kind: 'text', body: 'Doors open at 19:00.' },
  }),
  goodRecipients: ['+15550001112', '+15550001113', '+15550001114'],
  badRecipient: BAD,
  healthy,
  badCredentials: json(401, {}),
  throttled: json(429, {}),
  callsFor: (messages) => messages,
  messageIdsIn: ({ body }) => [(JSON.parse(body) as Sent).id],
  books: 'none',
});
