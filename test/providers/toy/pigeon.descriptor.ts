/** Pigeon Post: a provider that nobody has, to prove what it takes to plug one in. In the service this folder would be two. */
import type { ProviderDescriptor } from '../../../src/providers/provider.descriptor.js';
import { UntrustedWebhook } from '../../../src/providers/webhook.errors.js';
import { PigeonAdapter } from './pigeon.adapter.js';

export const pigeon: ProviderDescriptor<'pigeon'> = {
  name: 'pigeon',
  channels: ['sms'],
  sends: ['sms'],
  credentials: {
    loft: { pattern: /^loft-\w+$/, meaning: 'the name of a loft' },
    token: { pattern: /^coo_\w{8,}$/, meaning: 'coo_ and what follows it' },
  },
  externalId: 'loft',
  variables: [
    { name: 'PIGEON_LOFT', credential: 'loft', configures: true, meaning: 'The loft' },
    { name: 'PIGEON_TOKEN', credential: 'token', configures: true, meaning: 'Its token' },
    { name: 'PIGEON_BASE_URL', setting: 'baseUrl', meaning: 'Points the adapter elsewhere' },
  ],
  laneScope: 'sender',
  capacity: () => ({ perSecond: 2, batchSize: 1 }),
  webhook: {
    routes: [
      {
        operationId: 'pigeonWebhook',
        summary: 'Pigeon Post: what came of a message',
        description: 'Signed with the token.',
        problems: [new UntrustedWebhook('the signature is wrong')],
      },
    ],
    answers: [{ status: 202, description: 'A grain' }],
    inbound: { answerWithinMs: 15_000 },
  },
  connect: ({ baseUrl }) => new PigeonAdapter(baseUrl),
};
