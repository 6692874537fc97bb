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
  webhooks: {
    onlyByProvider:
      'SendGrid signs with a private key that only it has. Try it in the sandbox, or press "Test Your Integration" of the ' +
      'Event Webhook in SendGrid’s mail settings, which posts examples to your own address.',
  },
  platform: (derive) => {
    const apiKey = `SG.sandbox_${derive('sendgrid-key').slice(0, 32)}`;
    return { credentials: { apiKey, webhookKey: verificationKeyOf(apiKey) }, from: SANDBOX_FROM };
  },
};
