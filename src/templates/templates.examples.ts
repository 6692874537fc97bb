/** Examples of requests, for the documentation: those of messages work after the tour of the README. */

/** What the variables of the examples stand for. */
export const EXAMPLE_DATA = {
  name: 'Ana',
  total: 84_000_000,
  event: { name: 'Summer Night', startsAt: '2026-12-05T19:30:00Z' },
};

export const TEMPLATE_EXAMPLES: Record<string, { summary: string; value: object }> = {
  email: {
    summary: 'An email',
    value: {
      key: 'order-confirmation',
      channel: 'email',
      category: 'transactional',
      subject: 'Your tickets for {{ event.name }}',
      html: "<p>Hello {{ name }},</p><p>{{ event.startsAt | date: '%A %-d %B, %H:%M' }}. Paid: {{ total | money: 'EUR' }}.</p>",
    },
  },
  sms: {
    summary: 'An SMS',
    value: {
      key: 'order-sms',
      channel: 'sms',
      category: 'transactional',
      body: 'Hello {{ name }}, see you at {{ event.name }}.',
    },
  },
  whatsapp: {
    summary: 'A WhatsApp template that Twilio approved, for outside the 24-hour window',
    value: {
      key: 'order-whatsapp',
      channel: 'whatsapp',
      category: 'transactional',
      contentSid: 'HX0123456789abcdef0123456789abcdef',
      contentVariables: { '1': '{{ name }}', '2': '{{ event.name }}' },
    },
  },
  fallback: {
    summary: 'An email that is followed by an SMS where it reaches nobody',
    value: {
      key: 'gate-change',
      channel: 'email',
      category: 'transactional',
      subject: 'Your gate has changed',
      text: 'Hello {{ name }}, please come to gate B.',
      fallback: ['order-sms'],
    },
  },
};
