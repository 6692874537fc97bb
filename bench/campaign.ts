/** Campaigns, created and controlled through the API like a tenant's service does. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchTenant, Callboard } from './callboard.js';
import { dataFor, guest, TEMPLATE_KEY, type BenchChannel } from './people.js';

/** Rows that are generated at a time while an audience is uploaded. */
const ROWS = 5_000;
const POLL_MS = 10;

interface Progress {
  readonly audience: number;
  readonly frozen: boolean;
  readonly excluded: number;
  readonly excludedBy: Readonly<Record<string, number>>;
  readonly messages: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly remaining: number;
}

export interface CampaignState {
  readonly status: string;
  readonly statusReason: string | null;
  readonly waitsFor: string | null;
  readonly budget: { readonly messages: { readonly used: number } | null } | null;
  readonly progress: Progress;
}

/** What a campaign may use; money is micros. */
export interface BenchBudget {
  readonly messages?: number;
  readonly money?: { readonly limit: number; readonly currency: string };
  readonly hard: true;
}

/** The addresses that guests have: one of a channel, or both, which makes each a person of two addresses. */
type Reach = BenchChannel | 'both';

/** An audience of the first so many guests, streamed in as one import. Answers its id. */
export async function importAudience(
  callboard: Callboard,
  { key }: BenchTenant,
  reach: Reach,
  count: number,
): Promise<string> {
  const { id } = await callboard.ask<{ id: string }>(key, 'POST', '/api/audiences', { name: `${count} guests` });
  const answer = await fetch(`${callboard.url}/api/audiences/${id}/contacts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body: ReadableStream.from(lines(reach, count)).pipeThrough(new TextEncoderStream()),
    duplex: 'half',
  });
  const result = (await answer.json()) as { inserted?: number };
  if (result.inserted !== count * (reach === 'both' ? 2 : 1))
    throw new Error(`The import was answered ${JSON.stringify(result)}`);
  return id;
}

function* lines(reach: Reach, count: number): Generator<string> {
  for (let first = 0; first < count; first += ROWS) {
    const numbers = Array.from({ length: Math.min(ROWS, count - first) }, (_, index) => first + index);
    yield numbers
      .map((number) => `${JSON.stringify({ ...addressesOf(reach, number), ...dataFor(number) })}\n`)
      .join('');
  }
}

const addressesOf = (reach: Reach, number: number): object =>
  reach === 'both' ? { email: guest('email', number), phone: guest('sms', number) } : { to: guest(reach, number) };

export class Campaign {
  private constructor(
    private readonly callboard: Callboard,
    private readonly key: string,
    readonly id: string,
  ) {}

  /** Launches one to an audience, by these channels in this order, with a budget of its own if one is given. */
  static async launched(
    callboard: Callboard,
    { key, venueId }: BenchTenant,
    channel: BenchChannel | readonly BenchChannel[],
    audienceId: string,
    budget?: BenchBudget,
  ): Promise<Campaign> {
    const { id } = await callboard.ask<{ id: string }>(key, 'POST', '/api/campaigns', {
      name: 'Spring season',
      channels: [channel].flat().map((step) => ({ channel: step, templateKey: TEMPLATE_KEY[step] })),
      venueId,
      audienceId,
      budget,
    });
    const campaign = new Campaign(callboard, key, id);
    await campaign.act('launch');
    return campaign;
  }

  async act(action: 'launch' | 'pause' | 'resume' | 'cancel'): Promise<void> {
    await this.callboard.ask(this.key, 'POST', `/api/campaigns/${this.id}/${action}`);
  }

  /** Puts another budget in the place of the one it has. */
  async limit(budget: BenchBudget): Promise<void> {
    await this.callboard.ask(this.key, 'PATCH', `/api/campaigns/${this.id}`, { budget });
  }

  /** Its current state. Raises an Error where its counts do not add up. */
  async state(): Promise<CampaignState> {
    const state = await this.callboard.ask<CampaignState>(this.key, 'GET', `/api/campaigns/${this.id}`);
    const { audience, excluded, excludedBy, messages, byStatus } = state.progress;
    const adds = audience === excluded + messages && messages === sum(byStatus) && excluded === sum(excludedBy);
    if (!adds) throw new Error(`The campaign's counts do not add up: ${JSON.stringify(state.progress)}`);
    return state;
  }

  /** Resolves when everybody in the audience is a message or excluded. */
  async frozen(): Promise<void> {
    const sql = 'select from campaign where id = $1 and frozen_at is not null';
    while ((await this.callboard.query(sql, [this.id])).length === 0) await delay(POLL_MS);
  }

  /** Polls until it is sent, and answers how often. */
  async sent(everyMs = 500): Promise<number> {
    for (let polls = 1; ; polls += 1) {
      const { status, statusReason } = await this.state();
      if (status === 'SENT') return polls;
      if (status !== 'SENDING') throw new Error(`The campaign is ${status}: ${statusReason}`);
      await delay(everyMs);
    }
  }
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
