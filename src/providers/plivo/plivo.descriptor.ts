/** Plivo: SMS and MMS. */
import type { Channel } from '../channels.js';
import { FILES, FITTED, KB, MB, type PictureRules } from '../picture-rules.js';
import { PHONE_NUMBER, type ProviderDescriptor } from '../provider.descriptor.js';
import { isShortCode, isTollFree } from '../sender-kinds.js';
import { MalformedWebhook, UntrustedWebhook } from '../webhook.errors.js';
import { PLIVO_SENDS, PlivoAdapter } from './plivo.adapter.js';
import { AUTH_ID } from './plivo.client.js';
import { PICTURE_FAULTS, PLIVO_CODES } from './plivo.errors.js';

/** Source: Plivo's articles on MMS: 2 MB for one, 600 KB where Plivo does not fit it to the phone, 5 MB together. */
const PICTURE_RULES: PictureRules = {
  kinds: [
    { types: FITTED, most: 2 * MB },
    { types: FILES, most: 600 * KB },
    { types: /^image\/(?:bmp|tiff|webp|x-icon)$|^text\/plain$/, most: 600 * KB },
  ],
  together: 5 * MB,
};

/** Plivo's published rates by kind of sender, in messages. */
function ratePerSecond(channel: Channel, address: string): number {
  if (channel === 'mms') return 0.25;
  if (isShortCode(address)) return 100;
  return isTollFree(address) ? 25 : 1;
}

const SIGNED = 'Signed with X-Plivo-Signature-V3 over the exact public URL and the fields';

export const plivo: ProviderDescriptor<'plivo'> = {
  name: 'plivo',
  channels: PLIVO_SENDS,
  sends: PLIVO_SENDS,
  credentials: {
    authId: { pattern: AUTH_ID, meaning: 'MA or SA and 18 characters, from the Plivo console' },
    authToken: { pattern: /^\S{8,256}$/, meaning: 'the auth token of that account' },
  },
  externalId: 'authId',
  variables: [
    {
      name: 'PLIVO_AUTH_ID',
      credential: 'authId',
      configures: true,
      meaning: 'Auth ID; needs the token',
      example: '`MA` and 18 characters',
    },
    {
      name: 'PLIVO_AUTH_TOKEN',
      credential: 'authToken',
      configures: true,
      meaning: 'Its auth token; also proves that webhooks are genuine',
    },
    {
      name: 'PLIVO_PHONE_NUMBER',
      setting: 'from',
      form: PHONE_NUMBER,
      meaning:
        'The number that venues without a sender of their own send SMS and MMS from, where Twilio has none or Plivo is chosen',
      example: '`+15551234567`',
    },
    {
      name: 'PLIVO_WEBHOOK_BASE_URL',
      setting: 'webhookBaseUrl',
      defaultsTo: '`PUBLIC_URL`',
      meaning: 'Where Plivo reaches us, if not at `PUBLIC_URL`',
      example: '`https://hooks.example.com`',
    },
    {
      name: 'PLIVO_BASE_URL',
      setting: 'baseUrl',
      defaultsTo: '`https://api.plivo.com`',
      meaning: 'Points the calls elsewhere',
      example: '`http://plivo-mock:8080`',
    },
  ],
  laneScope: 'sender',
  capacity: (channel, address) => ({ perSecond: ratePerSecond(channel, address), batchSize: 1 }),
  passingFaults: /^(20|80|300|1000)$/,
  softBounces: /^80$/,
  pictureZones: ['north-america'],
  pictureRules: PICTURE_RULES,
  pictureFaults: PICTURE_FAULTS,
  errorCodes: Object.keys(PLIVO_CODES),
  webhook: {
    routes: [
      {
        operationId: 'plivoWebhook',
        summary: 'Plivo: messages to numbers of the platform’s account',
        description: `${SIGNED}.`,
        problems: [
          new UntrustedWebhook('the signature is not that of an account of ours'),
          new MalformedWebhook('MessageUUID'),
        ],
      },
      {
        ofAccount: true,
        operationId: 'plivoWebhookOf',
        summary: 'Plivo: message status, and messages to numbers of one account',
        description: `${SIGNED}, or with X-Plivo-Signature-V2 over the URL alone.`,
        problems: [
          new UntrustedWebhook('the signature is not that of an account of ours'),
          new MalformedWebhook('MessageUUID'),
        ],
      },
    ],
    consumes: ['application/x-www-form-urlencoded'],
    answers: [
      {
        status: 200,
        description: 'An inbound message or call: an empty XML response, which replies nothing and hangs up',
      },
      { status: 204, description: 'A status' },
    ],
    inbound: { answerWithinMs: 10_000 },
  },
  connect: ({ baseUrl, webhookUrl }) => new PlivoAdapter({ baseUrl, webhookUrl }),
};
