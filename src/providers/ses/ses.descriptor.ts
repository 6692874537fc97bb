/** Amazon SES: email. */
import { EMAIL_ADDRESS, type ProviderDescriptor } from '../provider.descriptor.js';
import { MalformedWebhook, UncheckedWebhook, UntrustedWebhook } from '../webhook.errors.js';
import { SesAdapter } from './ses.adapter.js';
import { SES_RULES } from './ses.errors.js';
import { SES_REPORTS } from './ses.webhook.js';

const EVENTS = 'delivery events';

export const ses: ProviderDescriptor<'ses'> = {
  name: 'ses',
  channels: ['email'],
  sends: ['email'],
  credentials: {
    region: { pattern: /^[a-z]{2}(-[a-z]+)+-\d$/, meaning: 'an AWS region such as eu-central-1' },
    accessKeyId: { pattern: /^\w{4,128}$/, meaning: 'an AWS access key id', unless: 'source' },
    secretAccessKey: { pattern: /^\S{8,256}$/, meaning: 'the secret of that access key', unless: 'source' },
    sessionToken: {
      pattern: /^\S{16,4096}$/,
      meaning: 'the session token of a temporary access key',
      optionalFor: 'temporary access keys',
    },
    source: {
      pattern: /^chain$/,
      meaning: 'chain',
      optionalFor: 'profiles and roles',
      platformOnly: true,
    },
    configurationSet: { pattern: /^[\w-]{1,64}$/, meaning: 'the name of a configuration set', optionalFor: EVENTS },
    topicArns: {
      pattern: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
      meaning: 'the ARNs of the SNS topics that its events come from, comma-separated',
      optionalFor: EVENTS,
      list: true,
    },
  },
  externalId: 'accessKeyId',
  variables: [
    {
      name: 'AWS_REGION',
      credential: 'region',
      meaning: 'Region of SES',
      example: '`eu-central-1`',
    },
    {
      name: 'AWS_ACCESS_KEY_ID',
      credential: 'accessKeyId',
      configures: true,
      meaning: 'Access key; needs the secret and the region',
      example: '`AKIA…`',
    },
    {
      name: 'AWS_SECRET_ACCESS_KEY',
      credential: 'secretAccessKey',
      configures: true,
      meaning: 'Its secret',
    },
    {
      name: 'AWS_SESSION_TOKEN',
      credential: 'sessionToken',
      meaning: 'Session token of a temporary access key, which the service cannot renew: a role is better',
    },
    {
      name: 'SES_CREDENTIALS',
      credential: 'source',
      configures: true,
      meaning: '`chain` in place of the keys: the AWS SDK finds them, see [Amazon SES](providers/ses.md#credentials)',
      example: '`chain`',
    },
    {
      name: 'AWS_ENDPOINT_URL_SESV2',
      setting: 'baseUrl',
      defaultsTo: "the region's",
      meaning: 'Points the SDK elsewhere',
      example: '`http://ses-mock:8080`',
    },
    {
      name: 'SES_FROM',
      setting: 'from',
      configures: true,
      form: { pattern: EMAIL_ADDRESS, meaning: 'an email address verified in SES' },
      meaning: 'The address that venues without a sender of their own send email from',
      example: '`no-reply@example.com`',
    },
    {
      name: 'SES_TOPIC_ARNS',
      credential: 'topicArns',
      meaning: 'SNS topics whose events are ours to read, comma-separated: see [webhooks](webhooks.md#amazon-ses)',
      example: '`arn:aws:sns:eu-central-1:123456789012:ses-events`',
    },
    {
      name: 'SES_CONFIGURATION_SET',
      credential: 'configurationSet',
      meaning: 'Configuration set of every email; it publishes the events',
      example: '`callboard`',
    },
  ],
  // "Working with email attachments in SES": 40 MB in all, after encoding.
  mailBytes: 40 * 1024 * 1024,
  laneScope: 'account',
  // 14 a second has long been the initial rate of production accounts; `grantedRate` reads the account's own.
  capacity: () => ({ perSecond: 14, batchSize: 50 }),
  passingFaults: /^(Transient\/(General|MailboxFull|Undetermined)|Undetermined\/.*)$/,
  softBounces: /^Transient\/(General|MailboxFull)$/,
  errorCodes: [...SES_RULES.flatMap(({ names }) => names), ...SES_REPORTS],
  webhook: {
    routes: [
      {
        operationId: 'sesWebhook',
        summary: 'Amazon SES events over SNS',
        description: 'Signed by SNS (versions 1 and 2); only topics on the allow-list.',
        problems: [
          new UntrustedWebhook('the topic is not one of ours'),
          new MalformedWebhook('Type'),
          new UncheckedWebhook('the signing certificate cannot be had'),
        ],
      },
    ],
    consumes: ['text/plain', 'application/json'],
    answers: [{ status: 200, description: 'In the inbox' }],
  },
  connect: ({ baseUrl, sandboxUrl }) => new SesAdapter({ endpoint: baseUrl, sandboxUrl }),
};
