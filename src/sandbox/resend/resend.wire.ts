/** Resend in the sandbox. */
import { EMAIL_BODY_LIMIT, SANDBOX_FROM } from '../mailbox.js';
import type { SandboxWire } from '../sandbox-wire.js';
import { resendError } from './resend-errors.js';
import { ResendSandbox } from './resend-sandbox.js';
import { ResendSandboxController } from './resend.controller.js';
import { resendWebhooks } from './resend-webhooks.js';

export const resendWire: SandboxWire = {
  paths: ['resend'],
  bodyLimit: EMAIL_BODY_LIMIT,
  controllers: [ResendSandboxController],
  standIns: [ResendSandbox],
  faults: {
    tooMany: resendError('rate_limit_exceeded', 'Too many requests. You can only make 5 requests per second.'),
    serverError: resendError('internal_server_error', 'The request could not be processed.'),
  },
  webhooks: resendWebhooks,
  platform: (derive) => ({
    credentials: {
      apiKey: `re_sandbox_${derive('resend-key').slice(0, 24)}`,
      webhookSecret: `whsec_${Buffer.from(derive('resend-secret').slice(0, 24)).toString('base64')}`,
    },
    from: SANDBOX_FROM,
  }),
};
