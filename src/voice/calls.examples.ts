/** Examples of requests, for the documentation: all are accepted after the tour of the README. */
import type { StartCallBody } from './calls.dto.js';

const CONTENT: StartCallBody['content'] = {
  body: 'Gate 4 is closed. Please go to gate 5.',
  speech: { language: 'en-GB', acknowledge: { prompt: 'Press 1 to confirm.', confirmation: 'Thank you.' } },
};

export const CALL_EXAMPLES: Record<string, { summary: string; value: StartCallBody }> = {
  one: { summary: 'Call one person', value: { to: '+4915123456789', content: CONTENT } },
  escalation: {
    summary: 'Call one after another until somebody acknowledges',
    value: {
      escalation: [
        { to: '+4915123456789' },
        { to: '+4915123456789', channel: 'sms', waitSeconds: 60 },
        { to: '+4915123456780', waitSeconds: 120 },
      ],
      content: CONTENT,
      smsContent: { body: 'Gate 4 is closed. Reply 1 to confirm.' },
      reference: 'incident:17',
    },
  },
};
