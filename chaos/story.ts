/** What a tenant does while everything breaks: sends, runs a campaign, and has people say STOP. Each step is tried until it is answered. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from './random.js';
import { ADMIN_KEY, type Stage } from './stage.js';

const BATCH = 25;
const STOPPERS = 20;
/** Between two batches, at most: there must be something to break. */
const PAUSE_MS = 600;
/** The longest that the service is away: a crash of the database, or a process that is frozen. */
const PATIENCE_MS = 120_000;

export interface Stop {
  readonly person: string;
  readonly answeredAt: number;
}

export class Story {
  /** Ids of messages that were answered with 202. */
  readonly accepted: string[] = [];
  readonly stops: Stop[] = [];
  readonly number = '+15557000001';
  campaignId = '';
  private tenantId = '';
  private venueId = '';
  private readonly random: Random;

  constructor(
    private readonly stage: Stage,
    seed: number,
    private readonly size: number,
  ) {
    this.random = new Random(seed ^ 0x5bd1e995);
  }

  async prepare(): Promise<void> {
    const tenant = await this.ask<{ id: string; defaultVenueId: string }>('POST', '/api/tenants', {
      ...{ name: 'Riverside', slug: 'riverside' },
    });
    this.tenantId = tenant.id;
    this.venueId = tenant.defaultVenueId;
    await this.ask('POST', '/api/senders', {
      ...{ venueId: this.venueId, channel: 'sms', address: this.number, ratePerSecond: 500 },
    });
    const template = {
      key: 'news',
      channel: 'email',
      category: 'transactional',
      subject: 'Hi {{ name }}',
      text: 'Doors at 19:00',
    };
    await this.ask('POST', '/api/templates', template);
  }

  /** Half of all by single messages, half by a campaign. */
  async tell(): Promise<void> {
    await this.launch(Math.floor(this.size / 2));
    const stoppers = Array.from({ length: STOPPERS }, (_, index) => person(index));
    const singles = Math.ceil(this.size / 2);
    for (let first = 0; first < singles; first += BATCH) {
      await this.send(Math.min(BATCH, singles - first), first);
      const stopper = this.random.next() < 0.4 ? stoppers.pop() : undefined;
      if (stopper !== undefined) await this.stop(stopper);
      await delay(this.random.between(0, PAUSE_MS));
    }
  }

  /** Calls the API as the platform for the tenant, again and again until it answers well. Raises an Error for a 4xx. */
  async ask<Body>(method: string, path: string, body?: object): Promise<Body> {
    const headers = {
      ...{ authorization: `Bearer ${ADMIN_KEY}`, 'idempotency-key': randomUUID() },
      ...(this.tenantId && { 'x-tenant-id': this.tenantId }),
      ...(body && { 'content-type': 'application/json' }),
    };
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await attempt(`${this.stage.url}${path}`, method, headers, body);
      if (answer && answer.status < 300) return answer.body as Body;
      if (answer && answer.status < 500)
        throw new Error(`${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      if (Date.now() > deadline) throw new Error(`${path} was not answered within ${PATIENCE_MS / 1_000} s`);
      await delay(100);
    }
  }

  private async send(count: number, first: number): Promise<void> {
    const messages = Array.from({ length: count }, (_, index) =>
      this.random.next() < 0.7
        ? { channel: 'sms', to: person(this.random.whole(0, 200)), content: { body: `Gate ${first + index}` } }
        : {
            channel: 'email',
            to: `guest${first + index}@example.com`,
            content: { subject: 'Gate', text: 'Use gate 4' },
          },
    );
    const { items } = await this.ask<{ items: { id?: string }[] }>('POST', '/api/messages/batch', { messages });
    this.accepted.push(...items.map(({ id }) => String(id)));
  }

  /** The sandbox posts a signed STOP; only one that was answered well counts, as Twilio sees it. */
  private async stop(who: string): Promise<void> {
    const inbound = { provider: 'twilio', from: who, to: this.number, body: 'STOP' };
    const answered = async (): Promise<boolean> => {
      const answer = await attempt(
        `${this.stage.url}/sandbox/inbound`,
        'POST',
        { 'content-type': 'application/json' },
        inbound,
      );
      return answer?.status === 200 && (answer.body as { status: number }).status === 200;
    };
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await answered())) {
      if (Date.now() > deadline) throw new Error('a STOP was not answered');
      await delay(100);
    }
    this.stops.push({ person: who, answeredAt: Date.now() });
  }

  private async launch(count: number): Promise<void> {
    const { id: audienceId } = await this.ask<{ id: string }>('POST', '/api/audiences', { name: 'People' });
    const contacts = Array.from({ length: count }, (_, index) => ({
      ...{ email: `reader${index}@example.com`, attributes: { name: `Reader ${index}` } },
    }));
    await this.ask('POST', `/api/audiences/${audienceId}/contacts`, { contacts });
    const campaign = { name: 'News', channel: 'email', templateKey: 'news', audienceId, pauseAtFailurePercent: null };
    ({ id: this.campaignId } = await this.ask<{ id: string }>('POST', '/api/campaigns', campaign));
    await this.ask('POST', `/api/campaigns/${this.campaignId}/launch`, {});
  }
}

const person = (index: number): string => `+${4_915_200_000_000 + index}`;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Undefined where there was none. */
async function attempt(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: object,
): Promise<Answer | undefined> {
  try {
    const signal = AbortSignal.timeout(20_000);
    const answer = await fetch(url, { method, headers, signal, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, body: await answer.json() };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException) return undefined;
    throw error;
  }
}
