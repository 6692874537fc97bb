/** What the ready-made automations say, in each language. Variables are those of `docs/automations.md`. */
import type { Category } from '../../tenants/index.js';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** An email has a subject; its HTML is made of the paragraphs of its text. */
export interface ReadyText {
  readonly category: Category;
  readonly sms?: Readonly<Record<Language, string>>;
  readonly email?: Readonly<Record<Language, { readonly subject: string; readonly text: string }>>;
}

const GREETING = {
  en: 'Hello{% if customer.name %} {{ customer.name }}{% endif %},\n\n',
  de: 'Guten Tag{% if customer.name %} {{ customer.name }}{% endif %},\n\n',
} as const;
const WHEN = {
  en: '{% if event.name %}{{ event.name }}, {{ event.date }}, {{ event.time }}{% endif %}',
  de: '{% if event.name %}{{ event.name }}, {{ event.date }}, {{ event.time }} Uhr{% endif %}',
} as const;

/** By the name of the template, without channel and language. */
export const TEXTS = {
  'order-confirmation': {
    category: 'transactional',
    sms: {
      en: `Thank you for your order {{ order.id }}. ${WHEN.en}`,
      de: `Danke für Ihre Bestellung {{ order.id }}. ${WHEN.de}`,
    },
    email: {
      en: {
        subject: 'Your order {{ order.id }}',
        text: `${GREETING.en}thank you for your order {{ order.id }}.\n\n${WHEN.en}\n\nPlease keep this message: it confirms your order.`,
      },
      de: {
        subject: 'Ihre Bestellung {{ order.id }}',
        text: `${GREETING.de}vielen Dank für Ihre Bestellung {{ order.id }}.\n\n${WHEN.de}\n\nBitte bewahren Sie diese Nachricht auf: Sie bestätigt Ihre Bestellung.`,
      },
    },
  },
  'registration-confirmation': {
    category: 'transactional',
    sms: { en: `You are registered: ${WHEN.en}`, de: `Sie sind angemeldet: ${WHEN.de}` },
    email: {
      en: {
        subject: 'You are registered for {{ event.name }}',
        text: `${GREETING.en}you are registered.\n\n${WHEN.en}\n\nWe look forward to seeing you.`,
      },
      de: {
        subject: 'Ihre Anmeldung zu {{ event.name }}',
        text: `${GREETING.de}Sie sind angemeldet.\n\n${WHEN.de}\n\nWir freuen uns auf Sie.`,
      },
    },
  },
  reminder: {
    category: 'transactional',
    sms: { en: `A reminder: ${WHEN.en}`, de: `Zur Erinnerung: ${WHEN.de}` },
    email: {
      en: { subject: 'A reminder: {{ event.name }}', text: `${GREETING.en}a reminder of\n\n${WHEN.en}` },
      de: { subject: 'Zur Erinnerung: {{ event.name }}', text: `${GREETING.de}wir erinnern an\n\n${WHEN.de}` },
    },
  },
  'waitlist-offer': {
    category: 'transactional',
    sms: {
      en: `A place is free: ${WHEN.en}. It is kept for you until {{ offer.time }}, {{ offer.date }}.`,
      de: `Ein Platz ist frei: ${WHEN.de}. Er ist bis {{ offer.time }} Uhr am {{ offer.date }} für Sie reserviert.`,
    },
    email: {
      en: {
        subject: 'A place at {{ event.name }} is free',
        text: `${GREETING.en}you are next on the waiting list, and a place is free.\n\n${WHEN.en}\n\nIt is kept for you until {{ offer.time }}, {{ offer.date }}. After that we offer it to the next person.`,
      },
      de: {
        subject: 'Ein Platz bei {{ event.name }} ist frei',
        text: `${GREETING.de}Sie sind die nächste Person auf der Warteliste, und ein Platz ist frei.\n\n${WHEN.de}\n\nEr ist bis {{ offer.time }} Uhr am {{ offer.date }} für Sie reserviert. Danach bieten wir ihn der nächsten Person an.`,
      },
    },
  },
  'attendance-update': {
    category: 'transactional',
    sms: { en: `Your attendance has changed. ${WHEN.en}`, de: `Ihre Teilnahme wurde geändert. ${WHEN.de}` },
    email: {
      en: {
        subject: 'Your attendance of {{ event.name }} has changed',
        text: `${GREETING.en}your attendance has changed: {{ attendee.status }}.\n\n${WHEN.en}`,
      },
      de: {
        subject: 'Ihre Teilnahme an {{ event.name }} wurde geändert',
        text: `${GREETING.de}Ihre Teilnahme wurde geändert: {{ attendee.status }}.\n\n${WHEN.de}`,
      },
    },
  },
  'event-rescheduled': {
    category: 'transactional',
    sms: { en: `A new time: ${WHEN.en}`, de: `Ein neuer Termin: ${WHEN.de}` },
    email: {
      en: {
        subject: '{{ event.name }} has a new time',
        text: `${GREETING.en}the time has changed. It is now\n\n${WHEN.en}`,
      },
      de: {
        subject: '{{ event.name }} hat einen neuen Termin',
        text: `${GREETING.de}der Termin hat sich geändert. Er ist jetzt\n\n${WHEN.de}`,
      },
    },
  },
  'event-cancelled': {
    category: 'transactional',
    sms: { en: 'Cancelled: {{ event.name }}, {{ event.date }}.', de: 'Abgesagt: {{ event.name }}, {{ event.date }}.' },
    email: {
      en: {
        subject: '{{ event.name }} is cancelled',
        text: `${GREETING.en}we are sorry: {{ event.name }} on {{ event.date }} is cancelled.`,
      },
      de: {
        subject: '{{ event.name }} ist abgesagt',
        text: `${GREETING.de}es tut uns leid: {{ event.name }} am {{ event.date }} ist abgesagt.`,
      },
    },
  },
  'emergency-alert': {
    category: 'emergency',
    sms: { en: '{{ data.text }}', de: '{{ data.text }}' },
    email: {
      en: { subject: 'Important: {{ event.name }}', text: '{{ data.text }}' },
      de: { subject: 'Wichtig: {{ event.name }}', text: '{{ data.text }}' },
    },
  },
  'feedback-request': {
    category: 'marketing',
    email: {
      en: {
        subject: 'How was {{ event.name }}?',
        text: `${GREETING.en}how did you like {{ event.name }}? Just answer this message: we read every one.\n\nNo more such mail: {{ unsubscribe_url }}`,
      },
      de: {
        subject: 'Wie war {{ event.name }}?',
        text: `${GREETING.de}wie hat Ihnen {{ event.name }} gefallen? Antworten Sie einfach auf diese Nachricht: Wir lesen jede.\n\nKeine solchen Mails mehr: {{ unsubscribe_url }}`,
      },
    },
  },
} as const satisfies Readonly<Record<string, ReadyText>>;
export type TextName = keyof typeof TEXTS;

/** Paragraphs as HTML; Liquid in them stays as it is. */
export const htmlOf = (text: string): string =>
  text
    .split('\n\n')
    .map((paragraph) => `<p>${paragraph}</p>`)
    .join('\n');
