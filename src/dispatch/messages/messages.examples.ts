/** Examples of requests, for the documentation: all are accepted after the tour of the README. */
import { EXAMPLE_DATA } from '../../templates/index.js';
import type { NewMessage } from './messages.dto.js';

const EMAIL: NewMessage = {
  channel: 'email',
  to: 'ana@example.com',
  reference: 'order:A-1001',
  template: { key: 'order-confirmation', data: EXAMPLE_DATA },
};
const SMS: NewMessage = {
  channel: 'sms',
  to: '+4915123456789',
  reference: 'order:A-1001',
  content: { body: 'Doors open at 19:00.' },
};

export const MESSAGE_EXAMPLES: Record<string, { summary: string; value: NewMessage }> = {
  email: { summary: 'An email from a template', value: EMAIL },
  emailContent: {
    summary: 'An email with its own content',
    value: {
      channel: 'email',
      to: 'ana@example.com',
      content: { subject: 'Your gate has changed', html: '<p>Please come to gate B.</p>' },
    },
  },
  sms: { summary: 'An SMS', value: SMS },
  mms: {
    summary: 'An MMS with a picture',
    value: {
      channel: 'mms',
      to: '+15551234567',
      content: { body: 'Your ticket', mediaUrls: ['https://img.example/tickets/A-1001.png'] },
    },
  },
  whatsapp: {
    summary: 'A WhatsApp template',
    value: { channel: 'whatsapp', to: '+4915123456789', template: { key: 'order-whatsapp', data: EXAMPLE_DATA } },
  },
  marketing: {
    summary: 'Marketing, which is sent only to people who opted in',
    value: {
      channel: 'sms',
      category: 'marketing',
      to: '+4915123456789',
      content: { body: 'Spring tickets are out.' },
    },
  },
  fallback: {
    summary: 'WhatsApp; an SMS if that reaches nobody; then an email',
    value: {
      channel: 'whatsapp',
      to: '+4915123456789',
      alternateTo: 'ana@example.com',
      template: { key: 'order-whatsapp', data: EXAMPLE_DATA },
      fallback: [
        { channel: 'sms', content: { body: 'Hello Ana, see you at Summer Night.' } },
        { channel: 'email', template: { key: 'order-confirmation' } },
      ],
    },
  },
};

export const BATCH_EXAMPLES: Record<string, { summary: string; value: { messages: NewMessage[] } }> = {
  mixed: { summary: 'Messages on any channels', value: { messages: [EMAIL, SMS] } },
  sameTemplate: {
    summary: 'One template for several people',
    value: {
      messages: ['Ana', 'Bo'].map((name) => ({
        ...EMAIL,
        to: `${name.toLowerCase()}@example.com`,
        reference: `order:${name}`,
        template: { key: 'order-confirmation', data: { ...EXAMPLE_DATA, name } },
      })),
    },
  },
};
