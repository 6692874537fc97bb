/** Plivo in the sandbox. */
import type { SandboxWire } from '../sandbox-wire.js';
import { plivoError } from './plivo-errors.js';
import { PlivoSandbox } from './plivo-sandbox.js';
import { PlivoSandboxController } from './plivo.controller.js';
import { plivoWebhooks } from './plivo-webhooks.js';

/** A number of the sandbox's own, from a range that is nobody's. */
const SANDBOX_NUMBER = '+15005550016';

export const plivoWire: SandboxWire = {
  paths: ['plivo'],
  controllers: [PlivoSandboxController],
  standIns: [PlivoSandbox],
  receiver: PlivoSandbox,
  faults: { tooMany: plivoError(429), serverError: plivoError(500) },
  webhooks: plivoWebhooks,
  platform: (derive) => ({
    credentials: {
      authId: `MA${derive('plivo-id').toUpperCase().slice(0, 18)}`,
      authToken: derive('plivo-token').slice(0, 40),
    },
    from: SANDBOX_NUMBER,
  }),
};
