/** The simulated providers, which are all of them: a new one is an entry here. */
import type { ProviderName } from '../providers/index.js';
import { plivoWire } from './plivo/plivo.wire.js';
import { resendWire } from './resend/resend.wire.js';
import type { SandboxWire } from './sandbox-wire.js';
import { sendGridWire } from './sendgrid/sendgrid.wire.js';
import { sesWire } from './ses/ses.wire.js';
import { twilioWire } from './twilio/twilio.wire.js';

export const SANDBOX_WIRES: Readonly<Record<ProviderName, SandboxWire>> = {
  twilio: twilioWire,
  plivo: plivoWire,
  ses: sesWire,
  sendgrid: sendGridWire,
  resend: resendWire,
};
