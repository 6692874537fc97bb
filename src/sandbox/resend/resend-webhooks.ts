/** Resend's webhooks, one at a time. */
import type { WebhookWriter } from '../webhook-writer.js';
import { eventBody, eventId, signed } from './resend-events.js';

/** The part of an event that only this one has, by its name: mostly why it happened. */
const DETAILS: Readonly<Record<string, (code: string | undefined) => object>> = {
  bounced: (code = 'Permanent/General') => {
    const [type, subType] = code.split('/');
    return { bounce: { message: '', type, subType, diagnosticCode: ['smtp; 550 5.1.1'] } };
  },
  suppressed: () => ({ suppressed: { message: '', type: 'OnAccountSuppressionList' } }),
  clicked: () => ({
    click: {
      link: 'https://example.com/',
      timestamp: new Date().toISOString(),
      ipAddress: '192.0.2.1',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', // shorter ones are machines'
    },
  }),
  failed: (reason = 'unknown') => ({ failed: { reason } }),
};

export const resendWebhooks: WebhookWriter = {
  events: [
    'scheduled',
    'sent',
    'delivered',
    'delivery_delayed',
    'opened',
    'clicked',
    'bounced',
    'complained',
    'suppressed',
    'failed',
  ],
  harmless: 'scheduled',
  secret: 'webhookSecret',
  coversUrl: false,
  code: { pattern: /^[\w/ -]{1,100}$/, meaning: 'Resend’s words, such as Permanent/General for a bounce' },
  write: ({ webhookSecret = '' }, url, { event, from, to, messageId, code, ...rest }) => {
    const { providerMessageId = crypto.randomUUID() } = rest;
    const tags: Record<string, string> = messageId === undefined ? {} : { mid: messageId };
    const facts = { from, to: [to], subject: '', tags };
    const stage = { status: event, data: DETAILS[event]?.(code) };
    const body = eventBody(stage, { providerMessageId, acceptedAt: new Date() }, facts);
    return { url, ...signed(eventId(), body, webhookSecret) };
  },
};
