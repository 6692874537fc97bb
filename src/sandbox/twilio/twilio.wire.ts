/** Twilio in the sandbox. */
import type { SandboxWire } from '../sandbox-wire.js';
import { twilioError } from './twilio-errors.js';
import { ContentDecisionsController, TwilioContentsController } from './twilio-contents.controller.js';
import { TwilioNumbersController } from './twilio-numbers.controller.js';
import { TwilioSandboxController } from './twilio.controller.js';
import { TwilioSandbox } from './twilio-sandbox.js';
import { TwilioStorageController } from './twilio-storage.controller.js';
import { twilioWebhooks } from './twilio-webhooks.js';

/** Twilio's own test number that any message may be sent from. */
const TEST_NUMBER = '+15005550006';
/** The number of Twilio's own sandbox for WhatsApp. */
const WHATSAPP_NUMBER = '+14155238886';

export const twilioWire: SandboxWire = {
  paths: ['twilio'],
  controllers: [
    TwilioSandboxController,
    TwilioStorageController,
    TwilioContentsController,
    ContentDecisionsController,
    TwilioNumbersController,
  ],
  standIns: [TwilioSandbox],
  receiver: TwilioSandbox,
  faults: { tooMany: twilioError(20429), serverError: twilioError(20500) },
  webhooks: twilioWebhooks,
  platform: (derive) => ({
    credentials: {
      accountSid: `AC${derive('twilio-sid').slice(0, 32)}`,
      authToken: derive('twilio-token').slice(0, 32),
    },
    from: TEST_NUMBER,
    whatsappFrom: WHATSAPP_NUMBER,
  }),
};
