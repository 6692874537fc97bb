/** Plivo's webhooks, one at a time. */
import { randomUUID } from 'node:crypto';
import { withMessage, type WebhookWriter } from '../webhook-writer.js';
import { inboundFields, signedForm, statusFields } from './plivo-callbacks.js';

export const plivoWebhooks: WebhookWriter = {
  events: ['queued', 'sent', 'delivered', 'undelivered', 'failed', 'inbound'],
  harmless: 'queued',
  secret: 'authToken',
  coversUrl: true,
  code: { pattern: /^\d{2,4}$/, meaning: 'one of Plivo’s, such as 50' },
  write: ({ authToken = '' }, url, { event, from, to, body, segments, messageId, code, ...rest }) => {
    const { providerMessageId: uuid = randomUUID() } = rest;
    if (event === 'inbound') {
      return { url, ...signedForm(url, authToken, inboundFields({ from, to, body }, uuid, { segments })) };
    }
    const message = { channel: 'sms', providerMessageId: uuid, from, to, acceptedAt: new Date() } as const;
    const stage = { status: event, ...(code !== undefined && { errorCode: Number(code) }) };
    const address = withMessage(url, messageId);
    return { url: address, ...signedForm(address, authToken, statusFields(message, stage, 1)) };
  },
};
