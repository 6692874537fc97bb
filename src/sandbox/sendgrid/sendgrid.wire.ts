/** SendGrid in the sandbox. */
import { EMAIL_BODY_LIMIT, SANDBOX_FROM } from '../mailbox.js';
import type { SandboxWire } from '../sandbox-wire.js';
import { sendGridErrors } from './sendgrid-errors.js';
import { SendGridSandbox } from './sendgrid-sandbox.js';
import { verificationKeyOf } from './sendgrid-signing.js';
import { SendGridSandboxController } from './sendgrid.controller.js';

export const sendGridWire: SandboxWire = {
  paths: ['sendgrid'],
  bodyLimit: EMAIL_BODY_LIMIT,
  controllers: [SendGridSandboxController],
  standIns: [SendGridSandbox],
  faults: {
    tooMany: sendGridErrors(429, [{ message: 'too many requests' }]),
    serverError: sendGridErrors(500, [{ message: 'Internal server error' }]),
  },
  platform: (derive) => {
    const apiKey = `SG.sandbox_${derive('sendgrid-key').slice(0, 32)}`;
    return { credentials: { apiKey, webhookKey: verificationKeyOf(apiKey) }, from: SANDBOX_FROM };
  },
};
