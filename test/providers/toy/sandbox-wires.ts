/** The list of src/sandbox as it is once the toy is plugged in: a line longer. */
import { resendWire } from '../../../src/sandbox/resend/resend.wire.js';
import type { SandboxWire } from '../../../src/sandbox/sandbox-wire.js';
import { sesWire } from '../../../src/sandbox/ses/ses.wire.js';
import { twilioWire } from '../../../src/sandbox/twilio/twilio.wire.js';
import { pigeonWire } from './pigeon.wire.js';
import type { DESCRIPTORS } from './provider-list.js';

export const SANDBOX_WIRES: Readonly<Record<(typeof DESCRIPTORS)[number]['name'], SandboxWire>> = {
  twilio: twilioWire,
  ses: sesWire,
  resend: resendWire,
  pigeon: pigeonWire,
};
