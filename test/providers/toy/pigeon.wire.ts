/** Pigeon Post in the sandbox. */
import type { SandboxWire } from '../../../src/sandbox/sandbox-wire.js';
import { PigeonSandbox, pigeonJson } from './pigeon-sandbox.js';
import { PigeonSandboxController } from './pigeon.controller.js';

export const pigeonWire: SandboxWire = {
  paths: ['pigeon'],
  controllers: [PigeonSandboxController],
  standIns: [PigeonSandbox],
  receiver: PigeonSandbox,
  faults: { tooMany: pigeonJson(429), serverError: pigeonJson(500) },
  platform: (derive) => ({ credentials: { loft: 'loft-1', token: `coo_${derive('pigeon-token')}` } }),
};
