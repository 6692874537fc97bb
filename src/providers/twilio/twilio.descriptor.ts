/** Twilio: SMS, MMS, WhatsApp and voice. */
import type { Channel } from '../channels.js';
import { FILES, FITTED, KB, MB, type PictureRules } from '../picture-rules.js';
import { PHONE_NUMBER, type ProviderDescriptor } from '../provider.descriptor.js';
import { isShortCode, isTollFree, MESSAGING_SERVICE } from '../sender-kinds.js';
import { MalformedWebhook, UntrustedWebhook } from '../webhook.errors.js';
import { TWILIO_SENDS, TwilioAdapter } from './twilio.adapter.js';
import { CALL_FAULTS } from './twilio.calls.js';
import { PASSING_FAULTS, PICTURE_FAULTS, TWILIO_VERDICTS } from './twilio.errors.js';

const BY_KEY = 'calls by an API key';

/** Source: Twilio's reference of `MediaUrl` (sizes), and its list of accepted content types. */
const PICTURE_RULES: PictureRules = {
  kinds: [
    { types: FITTED, most: 5 * MB },
    { types: FILES, most: 500 * KB },
    { types: /^image\/(?:bmp|tiff|hei[cf])$/, most: 500 * KB },
  ],
  together: 5 * MB,
};

/** Twilio's published rates by kind of sender: SMS segments, otherwise calls. */
function ratePerSecond(channel: Channel, address: string): number {
  if (channel === 'whatsapp') return 80;
  if (channel === 'voice') return 1;
  if (isShortCode(address)) return 100;
  return isTollFree(address) ? 3 : 1;
}

export const twilio: ProviderDescriptor<'twilio'> = {
  name: 'twilio',
  channels: TWILIO_SENDS,
  sends: TWILIO_SENDS,
  credentials: {
    accountSid: { pattern: /^AC[0-9a-zA-Z]{32}$/, meaning: 'AC and 32 characters, from the Twilio console' },
    authToken: { pattern: /^\S{8,256}$/, meaning: 'the auth token of that account' },
    apiKeySid: {
      pattern: /^SK[0-9a-zA-Z]{32}$/,
      meaning: 'SK and 32 characters, from the Twilio console',
      optionalFor: BY_KEY,
      needs: 'apiKeySecret',
    },
    apiKeySecret: {
      pattern: /^\S{8,256}$/,
      meaning: 'the secret of that API key',
      optionalFor: BY_KEY,
      needs: 'apiKeySid',
    },
  },
  externalId: 'accountSid',
  variables: [
    {
      name: 'TWILIO_ACCOUNT_SID',
      credential: 'accountSid',
      configures: true,
      meaning: 'Account SID; needs the token',
      example: '`AC` and 32 characters',
    },
    {
      name: 'TWILIO_AUTH_TOKEN',
      credential: 'authToken',
      configures: true,
      meaning: 'Its auth token, which proves that webhooks are genuine; calls are made by it where there is no API key',
    },
    {
      name: 'TWILIO_API_KEY_SID',
      credential: 'apiKeySid',
      meaning: 'API key that calls are made by, in place of the auth token; needs its secret',
      example: '`SK` and 32 characters',
    },
    {
      name: 'TWILIO_API_KEY_SECRET',
      credential: 'apiKeySecret',
      meaning: 'Its secret',
    },
    {
      name: 'TWILIO_PHONE_NUMBER',
      setting: 'from',
      form: PHONE_NUMBER,
      meaning: 'The number that venues without a sender of their own send SMS, MMS and calls from',
      example: '`+15551234567`',
    },
    {
      name: 'TWILIO_WHATSAPP_NUMBER',
      setting: 'whatsappFrom',
      form: PHONE_NUMBER,
      meaning: 'The number, registered as a WhatsApp sender, that venues without one of their own send WhatsApp from',
      example: '`+15551234567`',
    },
    {
      name: 'TWILIO_WEBHOOK_BASE_URL',
      setting: 'webhookBaseUrl',
      defaultsTo: '`PUBLIC_URL`',
      meaning: 'Where Twilio reaches us, if not at `PUBLIC_URL`',
      example: '`https://hooks.example.com`',
    },
    {
      name: 'TWILIO_API_BASE_URL',
      setting: 'baseUrl',
      defaultsTo: '`https://api.twilio.com`',
      meaning: 'Points the SDK elsewhere',
      example: '`http://twilio-mock:8080`',
    },
  ],
  laneScope: 'sender',
  capacity: (channel, address) => ({ perSecond: ratePerSecond(channel, address), batchSize: 1 }),
  pools: MESSAGING_SERVICE,
  pictureZones: ['north-america', 'australia'],
  pictureRules: PICTURE_RULES,
  passingFaults: new RegExp(`^(${PASSING_FAULTS.join('|')})$`),
  softBounces: /^30003$/,
  pictureFaults: PICTURE_FAULTS.map(String),
  errorCodes: [...Object.values(TWILIO_VERDICTS).flat().map(String), ...CALL_FAULTS],
  webhook: {
    routes: [
      {
        operationId: 'twilioWebhook',
        summary: 'Twilio: message status and inbound messages',
        description: 'Signed with X-Twilio-Signature over the exact public URL.',
        problems: [
          new UntrustedWebhook('the signature is not that of an account of ours'),
          new MalformedWebhook('MessageSid'),
        ],
      },
      {
        path: 'voice',
        operationId: 'twilioVoiceWebhook',
        summary: 'Twilio: progress of calls',
        description: 'Signed with X-Twilio-Signature over the exact public URL.',
        problems: [
          new UntrustedWebhook('the signature is not that of an account of ours'),
          new MalformedWebhook('CallStatus'),
        ],
      },
      {
        path: 'voice/speech',
        speech: true,
        operationId: 'twilioSpeech',
        summary: 'Twilio: what a call says, and the key that the person pressed',
        description:
          'Signed with X-Twilio-Signature over the exact public URL, which we have signed too. Answered with TwiML.',
        problems: [new UntrustedWebhook('its address is not one that we gave'), new MalformedWebhook('CallSid')],
      },
    ],
    consumes: ['application/x-www-form-urlencoded'],
    answers: [
      { status: 200, description: 'An inbound message: an empty TwiML document, so that nothing is replied' },
      { status: 204, description: 'A status' },
    ],
    inbound: { answerWithinMs: 15_000 },
  },
  connect: ({ baseUrl, webhookUrl }) => new TwilioAdapter({ baseUrl, webhookUrl }),
};
