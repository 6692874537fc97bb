/** Twilio's webhooks, one at a time. */
import { withMessage, type WebhookWriter } from '../webhook-writer.js';
import { signedForm, statusFields } from './twilio-callbacks.js';
import { twilioSid } from './twilio-errors.js';
import { inboundFields } from './twilio-inbound.js';

export const twilioWebhooks: WebhookWriter = {
  events: ['queued', 'sent', 'delivered', 'undelivered', 'failed', 'read', 'inbound'],
  harmless: 'queued',
  secret: 'authToken',
  coversUrl: true,
  code: { pattern: /^\d{5}$/, meaning: 'one of Twilio’s, such as 30003' },
  write: ({ accountSid = '', authToken = '' }, url, { event, channel, from, to, body, ...rest }) => {
    const { segments, messageId, code, providerMessageId: sid = twilioSid('SM') } = rest;
    if (event === 'inbound') {
      const text = { channel: channel === 'whatsapp' ? channel : 'sms', from, to, body } as const;
      return { url, ...signedForm(url, authToken, inboundFields(text, accountSid, sid, { segments })) };
    }
    const message = { accountId: accountSid, channel, providerMessageId: sid, from, to };
    const fields = statusFields(message, { status: event, ...(code !== undefined && { errorCode: Number(code) }) });
    const address = withMessage(url, messageId);
    return { url: address, ...signedForm(address, authToken, fields) };
  },
};
