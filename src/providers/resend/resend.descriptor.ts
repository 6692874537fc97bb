/** Resend: email. */
import { EMAIL_ADDRESS, type ProviderDescriptor } from '../provider.descriptor.js';
import { MalformedWebhook, UntrustedWebhook } from '../webhook.errors.js';
import { ResendAdapter } from './resend.adapter.js';
import { RESEND_RULES } from './resend.errors.js';
import { RESEND_REPORTS } from './resend.webhook.js';

/** A signing secret of Standard Webhooks, which requires 24 to 64 bytes; some of Resend's are shorter. */
const WEBHOOK_SECRET = /^whsec_(?:[A-Za-z0-9+/]{4}){4,64}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Calls per second to the sandbox, which needs no protection. */
const SANDBOX_CALLS = 1_000;

const SIGNED = 'Signed as Standard Webhooks have it';

export const resend: ProviderDescriptor<'resend'> = {
  name: 'resend',
  channels: ['email'],
  sends: ['email'],
  credentials: {
    apiKey: { pattern: /^re_\S{8,256}$/, meaning: 're_ and what follows it, from the Resend dashboard' },
    webhookSecret: {
      pattern: WEBHOOK_SECRET,
      meaning: 'the signing secret of its webhook, whsec_ and what follows it',
      optionalFor: 'its webhooks',
    },
  },
  variables: [
    {
      name: 'RESEND_API_KEY',
      credential: 'apiKey',
      configures: true,
      meaning: "Resend's API key",
      example: '`re_…`',
    },
    {
      name: 'RESEND_WEBHOOK_SECRET',
      credential: 'webhookSecret',
      meaning: 'Signing secret of its webhook: see [webhooks](webhooks.md#resend)',
      example: '`whsec_…`',
    },
    {
      name: 'RESEND_BASE_URL',
      setting: 'baseUrl',
      defaultsTo: '`https://api.resend.com`',
      meaning: 'Points the SDK elsewhere',
      example: '`http://resend-mock:8080`',
    },
    {
      name: 'RESEND_FROM',
      setting: 'from',
      configures: true,
      form: { pattern: EMAIL_ADDRESS, meaning: 'an email address of a domain verified with Resend' },
      meaning: 'The address that venues without a sender of their own send email from, where `SES_FROM` is not set',
      example: '`no-reply@example.com`',
    },
  ],
  // "Attachments": 40 MB in all, after encoding.
  mailBytes: 40 * 1024 * 1024,
  laneScope: 'account',
  // Five calls per second per team, of at most a hundred emails each; the adapter itself spaces the calls.
  capacity: () => ({ perSecond: 500, batchSize: 100 }),
  passingFaults: /^(Transient\/(General|MailboxFull|Undetermined)|Undetermined\/.*)$/,
  softBounces: /^Transient\/(General|MailboxFull)$/,
  errorCodes: [...RESEND_RULES.flatMap(({ names }) => names), ...RESEND_REPORTS],
  webhook: {
    routes: [
      {
        operationId: 'resendWebhook',
        summary: 'Resend events of the platform’s account',
        description: `${SIGNED}.`,
        problems: [
          new UntrustedWebhook('the signature is not right, or too old'),
          new MalformedWebhook('data.email_id'),
        ],
      },
      {
        ofAccount: true,
        operationId: 'resendWebhookOf',
        summary: 'Resend events of a tenant’s own account',
        description: `${SIGNED}, with the secret that the account was entered with.`,
        problems: [new UntrustedWebhook('it is for an account that takes none'), new MalformedWebhook('data.email_id')],
      },
    ],
    answers: [{ status: 200, description: 'In the inbox' }],
  },
  connect: ({ baseUrl, sandboxUrl }) =>
    new ResendAdapter({ baseUrl, ...(sandboxUrl !== undefined && { callsPerSecond: SANDBOX_CALLS }) }),
};
