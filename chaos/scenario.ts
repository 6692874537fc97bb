/** What a tenant does during the faults: sends, runs and pauses a campaign, and receives STOPs. Each step is retried until it succeeds. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '../harness/patient-client.js';
import { ADMIN_KEY } from './environment.js';
import { Drafts, ROUTES, person, type Route } from './drafts.js';
import { putPrices } from './money.js';
import { Random } from './random.js';
import type { TenantEndpoint } from './tenant-endpoint.js';

const BATCH = 25;
const STOPPERS = 20;
/** The longest pause between two batches, so that faults have something to hit. */
const PAUSE_MS = 600;
/** Events of a service at once. */
const EVENTS = 4;
/** Of those times, this share ends with a return. */
const RETURN_SHARE = 0.3;
/** Orders of the sandbox's host: one that stands, and one that is refunded by now. */
const ORDERS = ['order-1', 'order-3'] as const;
/** Alerts that call one person after another. */
const ALERTS = 6;
/** Half of them texts from the number that hears STOPs. */
const STOPPABLE_SHARE = 0.35;

/** What a service said has happened: an order was confirmed, which begins a run, or returned, which ends those of before. */
export interface Told {
  readonly id: string;
  readonly type: 'order.confirmed' | 'order.returned';
  readonly orderId: (typeof ORDERS)[number];
}

export interface Stop {
  readonly channel: 'sms' | 'whatsapp';
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
  /** Events that were answered with 202, some of them more than once. */
  readonly told: Told[] = [];
  /** The ids of alerts that were answered with 202. */
  readonly alerts: string[] = [];
  campaignId = '';
  readonly client: Client;
  readonly drafts: Drafts;
  private isPaused = false;
  private readonly random: Random;

  constructor(
    url: string,
    seed: number,
    private readonly singles: number,
    private readonly readers: number,
    /** Where the tenant is told what happens, if it wants to be. */
    readonly endpoint?: TenantEndpoint,
  ) {
    this.client = new Client(url, ADMIN_KEY);
    this.random = new Random(seed ^ 0x5bd1e995);
    this.drafts = new Drafts(this.client, this.random);
  }

  async prepare(): Promise<void> {
    await putPrices(this.client);
    const tenant = await this.client.ask<{ id: string; defaultVenueId: string }>('POST', '/api/tenants', {
      name: 'Riverside',
      slug: 'riverside',
    });
    this.client.tenantId = tenant.id;
    await this.drafts.prepare(tenant.defaultVenueId);
    await this.automate();
    if (this.endpoint) await this.listen(this.endpoint);
  }

  /** Plays it to its end. The campaign is running then. */
  async play({ withoutPauses = false } = {}): Promise<void> {
    await this.launch(this.readers);
    const stoppers = Array.from({ length: STOPPERS }, (_, index) => person(index));
    for (let first = 0; first < this.singles; first += BATCH) {
      await this.send(Math.min(BATCH, this.singles - first), first);
      if (!withoutPauses && this.random.next() < 0.2) await this.pauseOrResume();
      if (this.random.next() < 0.6) await this.tell();
      if (this.alerts.length < ALERTS && this.random.next() < 0.5) await this.alert();
      const stopper = this.random.next() < 0.4 ? stoppers.pop() : undefined;
      if (stopper !== undefined) await this.stop(stopper);
      if (!withoutPauses) await delay(this.random.between(0, PAUSE_MS));
    }
    if (this.isPaused) await this.pauseOrResume();
  }

  private async send(count: number, first: number): Promise<void> {
    const messages = Array.from({ length: count }, (_, index) => this.drafts.draft(this.route(), first + index));
    this.accepted.push(...(await this.accept(messages)));
  }

  private route(): Route {
    return this.random.next() < STOPPABLE_SHARE ? 'twilio sms' : this.random.oneOf(ROUTES);
  }

  /** Answers their ids. */
  private async accept(messages: readonly object[]): Promise<string[]> {
    const { items } = await this.client.ask<{ items: { id?: string }[] }>('POST', '/api/messages/batch', { messages });
    return items.map(({ id }) => String(id));
  }

  private async listen(endpoint: TenantEndpoint): Promise<void> {
    const { url } = endpoint;
    const { secret } = await this.client.ask<{ secret: string }>('POST', '/api/webhook-endpoints', { url });
    endpoint.knowBy(secret);
  }

  /** Two emails after each event, the second a little later, as long as the order stands and is not returned. */
  private async automate(): Promise<void> {
    const template = {
      key: 'confirmation',
      channel: 'email',
      category: 'transactional',
      subject: 'Order',
      text: '{{ order.id }}',
    };
    await this.client.ask('POST', '/api/templates', template);
    const send = { send: { templates: [template.key] } };
    const steps = [send, { wait: 'PT2S' }, send];
    const definition = { trigger: 'order.confirmed', stopOn: ['order.returned'], steps };
    await this.client.ask('POST', '/api/automations', { key: 'confirmation', name: 'Confirmation', definition });
  }

  /** A service says what happened, and says some of it again. */
  private async tell(): Promise<void> {
    const count = EVENTS + (this.random.next() < RETURN_SHARE ? 1 : 0);
    const told = Array.from({ length: count }, (_, index): Told => {
      const type = index < EVENTS ? 'order.confirmed' : 'order.returned';
      const orderId = (type === 'order.confirmed' && this.random.next() >= 0.8 ? ORDERS[1] : undefined) ?? ORDERS[0];
      return { type, id: `told-${this.told.length + index}`, orderId };
    });
    const events = told.map(({ orderId, ...event }) => ({ ...event, data: { orderId } }));
    for (const repeat of this.random.next() < 0.5 ? [events, events.slice(1)] : [events]) {
      const { items } = await this.client.ask<{ items: { id?: string }[] }>('POST', '/api/events/batch', {
        events: repeat,
      });
      if (items.some(({ id }) => id === undefined)) throw new Error('An event was refused');
    }
    this.told.push(...told);
  }

  private async alert(): Promise<void> {
    const { id } = await this.client.ask<{ id: string }>('POST', '/api/calls', this.drafts.escalation());
    this.alerts.push(id);
  }

  /** Through every provider at once, this share of them to odd recipients, of whom there are few. */
  async sendMixed(count: number, oddShare: number): Promise<Mixed> {
    const drafts = Array.from({ length: count }, () => {
      const isOdd = this.random.next() < oddShare;
      const place = this.random.whole(0, 20);
      const route = this.random.oneOf(ROUTES);
      const odd = isOdd && route !== 'twilio whatsapp' && route !== 'twilio voice' && this.drafts.odd(route, place);
      return { isOdd: odd !== false, message: odd || this.drafts.draft(route, place) };
    });
    const ids = await this.accept(drafts.map(({ message }) => message));
    return {
      good: ids.filter((_, index) => !drafts[index]?.isOdd),
      odd: ids.filter((_, index) => drafts[index]?.isOdd),
    };
  }

  /** The sandbox posts a signed STOP. It counts once it is answered with success, as for Twilio. */
  private async stop(who: string): Promise<void> {
    const channel = this.random.next() < 0.7 ? 'sms' : 'whatsapp';
    const inbound = { provider: 'twilio', channel, from: who, to: this.drafts.number, body: 'STOP' };
    await this.client.insist('a STOP', async () => {
      const answer = await this.client.tryOnce('/sandbox/inbound', inbound);
      return answer?.status === 200 && (answer.body as { status: number }).status === 200;
    });
    this.stops.push({ channel, person: who, answeredAt: Date.now() });
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
