/** A tenant that sends through every provider, on every channel: its venues and senders, and messages through each. */
import type { Channel, ProviderName } from '../src/tenants/index.js';
import type { Client } from '../harness/patient-client.js';
import type { Random } from './random.js';

/** A provider without an entry does not compile. MMS is sent as SMS is. */
const CHANNELS = {
  twilio: ['sms', 'whatsapp', 'voice'],
  plivo: ['sms'],
  ses: ['email'],
  sendgrid: ['email'],
  resend: ['email'],
} as const satisfies Record<ProviderName, readonly Channel[]>;

export type Route = { [Name in ProviderName]: `${Name} ${(typeof CHANNELS)[Name][number]}` }[ProviderName];
export const ROUTES = Object.entries(CHANNELS).flatMap(([provider, channels]) =>
  channels.map((channel) => `${provider} ${channel}` as Route),
);

const EMAIL = { channel: 'email', content: { subject: 'Gate', text: 'Use gate 4' } };
const TEMPLATES = [
  { key: 'news', channel: 'email', category: 'transactional', subject: 'Hi {{ name }}', text: 'Doors at 19:00' },
  {
    key: 'pass',
    channel: 'whatsapp',
    category: 'transactional',
    contentSid: `HX${'c'.repeat(32)}`,
    contentVariables: { 1: '{{ name }}' },
  },
];
const SPEECH = { repeat: 1, acknowledge: { prompt: 'Press 1 to confirm.' } };
/** The sandbox's own: busy, nobody there, a machine, and two who press 1 in the end. */
const PHONES = ['+15005550301', '+15005550302', '+15005550304', '+15005550305', '+15005550306'];
const PEOPLE = 200;
const PER_SECOND = 500;

/** The person of this number. */
export const person = (index: number): string => `+${4_915_200_000_000 + index}`;

interface NewSender {
  readonly venueId: string;
  readonly channel: Channel;
  readonly address: string;
  readonly provider?: ProviderName;
  readonly fallbackSenderId?: string;
}

/** Venues, each with senders of its own. */
export class Drafts {
  /** A number that people text STOP to, on SMS and on WhatsApp. */
  readonly number = '+15557000001';
  /** The fallback sender of `number` for SMS. */
  readonly standIn = '+15557000002';
  /** By the provider that its messages go through; the others speak from the default venue. */
  private readonly venues = new Map<ProviderName, string>();

  constructor(
    private readonly client: Client,
    private readonly random: Random,
  ) {}

  async prepare(venueId: string): Promise<void> {
    const fallbackSenderId = await this.sender({ venueId, channel: 'sms', address: this.standIn });
    await this.sender({ venueId, channel: 'sms', address: this.number, fallbackSenderId });
    await this.sender({ venueId, channel: 'whatsapp', address: this.number });
    await this.sender({ venueId, channel: 'voice', address: '+15557000004' });
    await this.venue('resend', { channel: 'email', address: 'box@riverside.example' });
    await this.venue('sendgrid', { channel: 'email', address: 'stage@riverside.example' });
    await this.venue('plivo', { channel: 'sms', address: '+15557000003' });
    for (const template of TEMPLATES) await this.client.ask('POST', '/api/templates', template);
  }

  /** A message by this route, the `index`th of all. */
  draft(route: Route, index: number): object {
    const to = person(this.random.whole(0, PEOPLE));
    const orByEmail = { alternateTo: `friend${index}@example.com`, fallback: [EMAIL] };
    switch (route) {
      case 'twilio sms':
      case 'plivo sms':
        return { ...this.from(route), channel: 'sms', to, content: { body: `Gate ${index}` }, ...orByEmail };
      case 'twilio whatsapp':
        return { channel: 'whatsapp', to, template: { key: 'pass', data: { name: `Guest ${index}` } }, ...orByEmail };
      case 'twilio voice': {
        const content = { body: `Gate ${index}`, speech: SPEECH };
        const isSpecial = this.random.next() < 0.3;
        return { channel: 'voice', to: isSpecial ? this.random.oneOf(PHONES) : to, content, ...orByEmail };
      }
      case 'ses email':
      case 'sendgrid email':
      case 'resend email':
        return { ...EMAIL, ...this.from(route), to: `guest${index}@example.com` };
    }
  }

  /** The same to somebody whom the provider refuses for a reason that no table lists. There are no such people on WhatsApp or at the phone. */
  odd(route: Exclude<Route, 'twilio whatsapp' | 'twilio voice'>, place: number): object {
    const content = { body: 'Gate 4' };
    switch (route) {
      case 'twilio sms':
      case 'plivo sms':
        return { ...this.from(route), channel: 'sms', to: `+150055502${String(place).padStart(2, '0')}`, content };
      case 'ses email':
        return { ...EMAIL, to: `odd+${place}@simulator.amazonses.com` };
      case 'sendgrid email':
        return { ...EMAIL, ...this.from(route), to: `odd+${place}@sandbox.sendgrid.test` };
      case 'resend email':
        return { ...EMAIL, ...this.from(route), to: `odd+${place}@resend.dev` };
    }
  }

  /** A call to one who is not there, or whose mailbox is, then to one who presses 1. */
  escalation(): object {
    return {
      escalation: [
        { to: this.random.oneOf(PHONES.slice(0, 3)), waitSeconds: 5 },
        { to: '+15005550305', waitSeconds: 5 },
        { to: person(this.random.whole(0, PEOPLE)), channel: 'sms', waitSeconds: 5 },
      ],
      content: { body: 'Gate 4 is closed.', speech: SPEECH },
      retry: { attempts: 2, pauseSeconds: 0 },
    };
  }

  private from(route: Route): { readonly venueId?: string } {
    const [provider] = route.split(' ') as [ProviderName];
    const venueId = this.venues.get(provider);
    return venueId === undefined ? {} : { venueId };
  }

  private async venue(provider: ProviderName, sender: Pick<NewSender, 'channel' | 'address'>): Promise<void> {
    const { id } = await this.client.ask<{ id: string }>('POST', '/api/venues', { name: `By ${provider}` });
    this.venues.set(provider, id);
    await this.sender({ venueId: id, provider, ...sender });
  }

  private async sender(sender: NewSender): Promise<string> {
    const rate = sender.channel === 'email' ? {} : { ratePerSecond: PER_SECOND };
    const { id } = await this.client.ask<{ id: string }>('POST', '/api/senders', { ...sender, ...rate });
    return id;
  }
}
