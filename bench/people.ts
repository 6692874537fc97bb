/** The recipients and contents: the same ones for ours and for the baselines. */
export const CHANNELS = ['sms', 'email'] as const;
export type BenchChannel = (typeof CHANNELS)[number];

export const TEMPLATE_KEY = { sms: 'season-sms', email: 'season-email' } as const;

const PARAGRAPHS = [
  'Fourteen nights from February to May: string quartets, a brass band on a barge and the return of the midnight organ.',
  'You can choose your seats two days before everyone else. Seats in the front rows go first, as they do every year.',
  'The bar opens an hour before the music. On Sundays there is soup, and the last ferry waits until everybody is aboard.',
];

const HTML = `<!doctype html><html><body style="font-family:Georgia,serif;max-width:34em;margin:auto">
<h1>The spring season is here, {{ name }}</h1>
${[...PARAGRAPHS, ...PARAGRAPHS].map((text) => `<p style="line-height:1.5;color:#222">${text}</p>`).join('\n')}
<p><a href="https://riverside.example/spring?seat={{ seat }}">Choose seat {{ seat }} in the spring season</a></p>
<p>{{ venue.name }} · <a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>`;

/** Bodies of `POST /api/templates`: a mail of 1.5 KB and a text of one segment, both with three variables. */
export const TEMPLATES = [
  {
    key: TEMPLATE_KEY.email,
    channel: 'email',
    category: 'marketing',
    subject: 'The spring season is here, {{ name }}',
    html: HTML,
  },
  {
    key: TEMPLATE_KEY.sms,
    channel: 'sms',
    category: 'marketing',
    body: '{{ venue.name }}: {{ name }}, the spring season is here! Seat {{ seat }} waits for you: riverside.example/spring',
  },
  {
    key: 'ticket-sms',
    channel: 'sms',
    category: 'transactional',
    body: '{{ venue.name }}: {{ name }}, your ticket for seat {{ seat }} is ready.',
  },
  {
    key: 'ticket-email',
    channel: 'email',
    category: 'transactional',
    subject: 'Your ticket, {{ name }}',
    text: '{{ name }}, your ticket for seat {{ seat }} is ready. {{ venue.name }}',
  },
];

/** Where links of the same messages lead that are counted. */
export const LINK_HOST = 'riverside.example';

/** New versions of the campaigns' templates, with links that are the same for all: three in a mail, one in a text. */
export const countedTemplates = (): { readonly key: string; readonly [text: string]: string }[] => [
  {
    key: TEMPLATE_KEY.email,
    subject: 'The spring season is here, {{ name }}',
    html: HTML.replace('?seat={{ seat }}', '').replace(
      '<p>{{ venue.name }} ·',
      `<p><a href="https://${LINK_HOST}/programme">programme</a>, <a href="https://${LINK_HOST}/ferry">ferry</a></p><p>{{ venue.name }} ·`,
    ),
  },
  {
    key: TEMPLATE_KEY.sms,
    body: `{{ venue.name }}: {{ name }}, the spring season is here! Seat {{ seat }} waits for you: https://${LINK_HOST}/spring`,
  },
];

/** Seven digits at most. */
const digits = (number: number): string => String(number).padStart(7, '0');

/** The address of the person of this number, as it is stored. */
export const guest = (channel: BenchChannel, number: number): string =>
  channel === 'email' ? `guest-${digits(number)}@example.com` : `+1415${digits(number)}`;

/** What precedes a ticket holder's number in an address on the provider's wire. */
export const TICKET_MARKER = { email: 'ticket-', sms: '%2B1917' } as const;

export const ticketHolder = (channel: BenchChannel, number: number): string =>
  channel === 'email' ? `ticket-${digits(number)}@example.com` : `+1917${digits(number)}`;

export const dataFor = (number: number): Record<string, unknown> => ({
  name: `Guest ${number}`,
  seat: `A-${number % 500}`,
  venue: { name: 'Riverside Hall' },
});
