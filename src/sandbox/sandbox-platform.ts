/** In sandbox mode the platform's accounts are the sandbox's: nothing downstream needs to know the difference. */
import { createHmac } from 'node:crypto';
import type { PlatformSettings, ProviderName } from '../providers/index.js';

/** The address that sandbox email comes from where a venue has none of its own. */
const SANDBOX_FROM = 'no-reply@sandbox.callboard.test';
/** Twilio's own test number that any message may come from. */
const SANDBOX_NUMBER = '+15005550006';
const SANDBOX_TOPIC = 'arn:aws:sns:us-east-1:000000000000:callboard-sandbox';

/** The same in every process of one deployment: they derive from its admin key. */
export function sandboxPlatform(adminKey: string): Readonly<Record<ProviderName, PlatformSettings>> {
  const derive = (name: string): string => createHmac('sha256', adminKey).update(`sandbox:${name}`).digest('hex');
  return {
    twilio: {
      credentials: {
        accountSid: `AC${derive('twilio-sid').slice(0, 32)}`,
        authToken: derive('twilio-token').slice(0, 32),
      },
      from: SANDBOX_NUMBER,
    },
    ses: {
      credentials: {
        region: 'us-east-1',
        accessKeyId: `SANDBOX${derive('ses-key').slice(0, 13).toUpperCase()}`,
        secretAccessKey: derive('ses-secret'),
        topicArns: SANDBOX_TOPIC,
      },
      from: SANDBOX_FROM,
    },
    resend: {
      credentials: {
        apiKey: `re_sandbox_${derive('resend-key').slice(0, 24)}`,
        webhookSecret: `whsec_${Buffer.from(derive('resend-secret').slice(0, 24)).toString('base64')}`,
      },
      from: SANDBOX_FROM,
    },
  };
}
