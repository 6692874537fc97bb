/** What a tenant does during the faults: sends, runs and pauses a campaign, and receives STOPs. Each step is retried until it succeeds. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from './client.js';
import { Random } from './random.js';

const BATCH = 25;
const STOPPERS = 20;
/** The longest pause between two batches, so that faults have something to hit. */
const PAUSE_MS = 600;

const EMAIL = { channel: 'email', content: { subject: 'Gate', text: 'Use gate 4' } };

export interface Stop {
  readonly person: string;
  readonly answeredAt: number;
}

/** Ids of accepted messages. */
export interface Mixed {
  readonly good: string[];
  /** To recipients whom the provider refuses for a reason that no table lists. */
  readonly odd: string[];
}

export class Scenario {
  /** The ids of messages that were answered with 202. */
  readonly accepted: string[] = [];
  readonly stops: Stop[] = [];
  readonly number = '+15557000001';
  /** The fallback sender of `number`. */
  readonly standIn = '+15557000002';
  campaignId = '';
  readonly client: Client;
  private venueId = '';
  /** A venue whose email goes through Resend, which deduplicates repeated calls. */
  private boxOffice = '';
  /** A venue whose email goes through SendGrid, many to a call. */
  private theatre = '';
  /** A venue whose texts go through Plivo. */
  private club = '';
  private isPaused = false;
  private readonly random: Random;

  constructor(
    url: string,
    seed: number,
    private readonly singles: number,
    private readonly readers: number,
  ) {
    this.client = new Client(url);
    this.random = new Random(seed ^ 0x5bd1e995);
  }

  async prepare(): Promise<void> {
    const tenant = await this.client.ask<{ id: string; defaultVenueId: string }>('POST', '/api/tenants', {
      name: 'Riverside',
      slug: 'riverside',
    });
    this.client.tenantId = tenant.id;
    this.venueId = tenant.defaultVenueId;
    const sender = { venueId: this.venueId, channel: 'sms', ratePerSecond: 500 };
    const { id: fallbackSenderId } = await this.client.ask<{ id: string }>('POST', '/api/senders', {
      ...sender,
      address: this.standIn,
    });
    await this.client.ask('POST', '/api/senders', { ...sender, address: this.number, fallbackSenderId });
    ({ id: this.boxOffice } = await this.client.ask<{ id: string }>('POST', '/api/venues', { name: 'Box office' }));
    const mailbox = { venueId: this.boxOffice, channel: 'email', address: 'box@riverside.example', provider: 'resend' };
    await this.client.ask('POST', '/api/senders', mailbox);
    ({ id: this.theatre } = await this.client.ask<{ id: string }>('POST', '/api/venues', { name: 'Theatre' }));
    const stage = { venueId: this.theatre, channel: 'email', address: 'stage@riverside.example', provider: 'sendgrid' };
    await this.client.ask('POST', '/api/senders', stage);
    ({ id: this.club } = await this.client.ask<{ id: string }>('POST', '/api/venues', { name: 'Club' }));
    const text = { venueId: this.club, channel: 'sms', address: '+15557000003', provider: 'plivo', ratePerSecond: 500 };
    await this.client.ask('POST', '/api/senders', text);
    const template = {
      key: 'news',
      channel: 'email',
      category: 'transactional',
      subject: 'Hi {{ name }}',
      text: 'Doors at 19:00',
    };
    await this.client.ask('POST', '/api/templates', template);
  }

  /** Plays it to its end. The campaign is running then. */
  async play({ withoutPauses = false } = {}): Promise<void> {
    await this.launch(this.readers);
    const stoppers = Array.from({ length: STOPPERS }, (_, index) => person(index));
    for (let first = 0; first < this.singles; first += BATCH) {
      await this.send(Math.min(BATCH, this.singles - first), first);
      if (!withoutPauses && this.random.next() < 0.2) await this.pauseOrResume();
      const stopper = this.random.next() < 0.4 ? stoppers.pop() : undefined;
      if (stopper !== undefined) await this.stop(stopper);
      if (!withoutPauses) await delay(this.random.between(0, PAUSE_MS));
    }
    if (this.isPaused) await this.pauseOrResume();
  }

  private async send(count: number, first: number): Promise<void> {
    const messages = Array.from({ length: count }, (_, index) =>
      this.random.next() < 0.7
        ? {
            channel: 'sms',
            to: person(this.random.whole(0, 200)),
            content: { body: `Gate ${first + index}` },
            ...(index % 4 === 0 && { venueId: this.club }),
            alternateTo: `friend${first + index}@example.com`,
            fallback: [EMAIL],
          }
        : { ...EMAIL, to: `guest${first + index}@example.com`, ...this.venueOf(index % 3) },
    );
    const { items } = await this.client.ask<{ items: { id?: string }[] }>('POST', '/api/messages/batch', { messages });
    this.accepted.push(...items.map(({ id }) => String(id)));
  }

  /** By the first, the second, and the platform's own sender. */
  private venueOf(place: number): { venueId?: string } {
    return [{ venueId: this.boxOffice }, { venueId: this.theatre }][place] ?? {};
  }

  /** Texts and emails through every provider at once, this share of them to odd recipients, of whom there are few. */
  async sendMixed(count: number, oddShare: number): Promise<Mixed> {
    const drafts = Array.from({ length: count }, () => {
      const isOdd = this.random.next() < oddShare;
      const place = this.random.whole(0, 20);
      return { isOdd, message: this.oneOfAll(isOdd, place) };
    });
    const messages = drafts.map(({ message }) => message);
    const { items } = await this.client.ask<{ items: { id?: string }[] }>('POST', '/api/messages/batch', { messages });
    const ids = items.map(({ id }) => String(id));
    return {
      good: ids.filter((_, index) => !drafts[index]?.isOdd),
      odd: ids.filter((_, index) => drafts[index]?.isOdd),
    };
  }

  private oneOfAll(isOdd: boolean, place: number): object {
    const guest = `guest${place}@example.com`;
    const provider = this.random.oneOf(['twilio', 'plivo', 'ses', 'sendgrid', 'resend'] as const);
    switch (provider) {
      case 'twilio':
      case 'plivo':
        return {
          channel: 'sms',
          to: isOdd ? `+150055502${String(place).padStart(2, '0')}` : person(place),
          content: { body: 'Gate 4' },
          ...(provider === 'plivo' && { venueId: this.club }),
        };
      case 'ses':
        return { ...EMAIL, to: isOdd ? `odd+${place}@simulator.amazonses.com` : guest };
      case 'sendgrid':
        return { ...EMAIL, venueId: this.theatre, to: isOdd ? `odd+${place}@sandbox.sendgrid.test` : guest };
      case 'resend':
        return { ...EMAIL, venueId: this.boxOffice, to: isOdd ? `odd+${place}@resend.dev` : guest };
    }
  }

  /** The sandbox posts a signed STOP. It counts once it is answered with success, as for Twilio. */
  private async stop(who: string): Promise<void> {
    const inbound = { provider: 'twilio', from: who, to: this.number, body: 'STOP' };
    await this.client.insist('a STOP', async () => {
      const answer = await this.client.tryOnce('/sandbox/inbound', inbound);
      return answer?.status === 200 && (answer.body as { status: number }).status === 200;
    });
    this.stops.push({ person: who, answeredAt: Date.now() });
  }

  /** A campaign that is already sent can be neither paused nor resumed. */
  private async pauseOrResume(): Promise<void> {
    const { status } = await this.client.ask<{ status: string }>('GET', `/api/campaigns/${this.campaignId}`);
    if (status !== 'SENDING' && status !== 'PAUSED') return;
    const action = status === 'PAUSED' ? 'resume' : 'pause';
    await this.client.ask('POST', `/api/campaigns/${this.campaignId}/${action}`, {}).catch((error: unknown) => {
      if (!String(error).includes('campaign_state')) throw error; // it was sent in the meantime
    });
    this.isPaused = action === 'pause';
  }

  private async launch(count: number): Promise<void> {
    const { id: audienceId } = await this.client.ask<{ id: string }>('POST', '/api/audiences', { name: 'People' });
    const contacts = Array.from({ length: count }, (_, index) =>
      JSON.stringify({ email: `reader${index}@example.com`, name: `Reader ${index}` }),
    );
    await this.client.ask('POST', `/api/audiences/${audienceId}/contacts`, contacts.join('\n'));
    const campaign = { name: 'News', channel: 'email', templateKey: 'news', audienceId, pauseAtFailurePercent: null };
    ({ id: this.campaignId } = await this.client.ask<{ id: string }>('POST', '/api/campaigns', campaign));
    await this.client.ask('POST', `/api/campaigns/${this.campaignId}/launch`, {});
  }
}

const person = (index: number): string => `+${4_915_200_000_000 + index}`;
