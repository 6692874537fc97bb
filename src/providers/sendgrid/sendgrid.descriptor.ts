/** SendGrid: email. */
import { EMAIL_ADDRESS, type ProviderDescriptor } from '../provider.descriptor.js';
import { MalformedWebhook, UntrustedWebhook } from '../webhook.errors.js';
import { SendGridAdapter } from './sendgrid.adapter.js';
import { SENDGRID_REPORTS } from './sendgrid.webhook.js';

const SIGNED = 'Signed as SendGrid’s signed Event Webhook has it';

export const sendgrid: ProviderDescriptor<'sendgrid'> = {
  name: 'sendgrid',
  channels: ['email'],
  sends: ['email'],
  credentials: {
    apiKey: { pattern: /^SG\.\S{8,256}$/, meaning: 'SG. and what follows it, from the SendGrid settings' },
    webhookKey: {
      pattern: /^MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{86}==$/,
      meaning: 'the verification key of its signed Event Webhook, as SendGrid shows it',
      optionalFor: 'its webhooks',
    },
    region: {
      pattern: /^(?:global|eu)$/,
      meaning: 'global or eu',
      optionalFor: 'an account in the EU',
    },
  },
  variables: [
    {
      name: 'SENDGRID_API_KEY',
      credential: 'apiKey',
      configures: true,
      meaning: "SendGrid's API key: see [webhooks](webhooks.md#sendgrid) for its scopes",
      example: '`SG.…`',
    },
    {
      name: 'SENDGRID_WEBHOOK_KEY',
      credential: 'webhookKey',
      meaning: 'Verification key of its signed Event Webhook: see [webhooks](webhooks.md#sendgrid)',
      example: '`MFkwEwYHKoZIzj0…`',
    },
    {
      name: 'SENDGRID_REGION',
      credential: 'region',
      defaultsTo: '`global`',
      meaning: '`eu` for an account whose data stay in the EU',
      example: '`eu`',
    },
    {
      name: 'SENDGRID_BASE_URL',
      setting: 'baseUrl',
      defaultsTo: '`https://api.sendgrid.com`',
      meaning: 'Points the SDK elsewhere',
      example: '`http://sendgrid-mock:8080`',
    },
    {
      name: 'SENDGRID_FROM',
      setting: 'from',
      configures: true,
      form: { pattern: EMAIL_ADDRESS, meaning: 'an email address of a sender or domain verified with SendGrid' },
      meaning: 'The address that venues without a sender of their own send email from, where `SES_FROM` is not set',
      example: '`no-reply@example.com`',
    },
  ],
  // API reference, "Mail Send": 30 MB in all.
  mailBytes: 30 * 1024 * 1024,
  laneScope: 'account',
  // Ten thousand calls a second, and no rate for emails. A call's emails are in doubt together.
  capacity: () => ({ perSecond: 10_000, batchSize: 250 }),
  passingFaults: /^blocked(\/(Technical|Mailbox Unavailable|Frequency or Volume Too High|Unclassified|4\..*))?$/,
  softBounces: /^blocked\/(Mailbox Unavailable|4\.2\..*)$/,
  errorCodes: SENDGRID_REPORTS,
  webhook: {
    routes: [
      {
        operationId: 'sendgridWebhook',
        summary: 'SendGrid events of the platform’s account',
        description: `${SIGNED}.`,
        problems: [new UntrustedWebhook('the signature is not right'), new MalformedWebhook('body')],
      },
      {
        ofAccount: true,
        operationId: 'sendgridWebhookOf',
        summary: 'SendGrid events of a tenant’s own account',
        description: `${SIGNED}, with the key that the account was entered with.`,
        problems: [new UntrustedWebhook('it is for an account that takes none'), new MalformedWebhook('body')],
      },
    ],
    answers: [{ status: 200, description: 'In the inbox' }],
  },
  connect: ({ baseUrl }) => new SendGridAdapter({ baseUrl }),
};
