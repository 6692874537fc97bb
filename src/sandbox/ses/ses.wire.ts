/** Amazon SES in the sandbox, with SNS for its events. */
import { EMAIL_BODY_LIMIT, SANDBOX_FROM } from '../mailbox.js';
import type { SandboxWire } from '../sandbox-wire.js';
import { sesError } from './ses-errors.js';
import { SesSandbox } from './ses-sandbox.js';
import { SesSandboxController } from './ses.controller.js';
import { SnsSandboxController } from './sns.controller.js';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:callboard-sandbox';

export const sesWire: SandboxWire = {
  paths: ['ses', 'sns'],
  bodyLimit: EMAIL_BODY_LIMIT,
  controllers: [SesSandboxController, SnsSandboxController],
  standIns: [SesSandbox],
  faults: {
    tooMany: sesError('TooManyRequestsException', 'Maximum sending rate exceeded.'),
    serverError: sesError('InternalServiceErrorException', 'The request could not be processed.'),
  },
  webhooks: {
    onlyByProvider:
      'Amazon SNS signs with a private key that only it has. Try it in the sandbox, or send an email to ' +
      'bounce@simulator.amazonses.com from your own account: SES then reports a real event.',
  },
  platform: (derive, tenantId) => ({
    credentials: {
      region: 'us-east-1',
      accessKeyId: `SANDBOX${derive('ses-key').slice(0, 13).toUpperCase()}`,
      secretAccessKey: derive('ses-secret'),
      topicArns: tenantId === undefined ? TOPIC : `${TOPIC}-${tenantId}`,
      configurationSet: 'callboard-sandbox',
    },
    from: SANDBOX_FROM,
  }),
};
