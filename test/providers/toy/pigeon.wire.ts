/** Pigeon Post in the sandbox. */
import { randomUUID } from 'node:crypto';
import type { SandboxWire } from '../../../src/sandbox/sandbox-wire.js';
import { PigeonSandbox, pigeonJson, pigeonPost } from './pigeon-sandbox.js';
import { PigeonSandboxController } from './pigeon.controller.js';

export const pigeonWire: SandboxWire = {
  paths: ['pigeon'],
  controllers: [PigeonSandboxController],
  standIns: [PigeonSandbox],
  receiver: PigeonSandbox,
  faults: { tooMany: pigeonJson(429), serverError: pigeonJson(500) },
  webhooks: {
    events: ['landed', 'inbound'],
    harmless: 'landed',
    secret: 'token',
    coversUrl: false,
    code: { pattern: /^\d$/, meaning: 'a digit' },
    write: ({ loft = '', token = '' }, url, { event, from, to, body, messageId, providerMessageId = randomUUID() }) => {
      const said = { ref: providerMessageId, ...(event === 'inbound' ? { from, to, text: body } : { id: messageId }) };
      return { url, ...pigeonPost({ loft, token }, said) };
    },
  },
  platform: (derive) => ({ credentials: { loft: 'loft-1', token: `coo_${derive('pigeon-token')}` } }),
};
