/** Posts claimed deliveries to their endpoint, a few at a time. */
import { Injectable } from '@nestjs/common';
import { pauseMs, SignedPosts, type Verdict } from '../notices/index.js';
import type { Delivery } from './delivery.js';
import type { Result } from './delivery-store.js';
import { EVENT_GONE, NOT_CALLED } from './endpoint.rules.js';
import { EndpointSecrets } from './endpoint-secrets.js';
import { EndpointStore } from './endpoint-store.js';
import { Payloads } from './payloads.js';
import type { EventPayload } from './payloads.dto.js';

/** Calls to one endpoint at once. */
const CALLS_AT_ONCE = 8;

/** What came of a batch; both in its order. */
export interface Told {
  readonly verdicts: readonly Verdict[];
  readonly results: readonly Result[];
}

/** A batch that is ready to be posted. */
export interface Batch {
  readonly deliveries: readonly Delivery[];
  readonly url: string;
  readonly secrets: readonly string[];
  /** By delivery; none for an event that is no longer in its log. */
  readonly payloads: ReadonlyMap<string, EventPayload>;
}

interface Made {
  readonly verdict: Verdict;
  readonly ms: number;
}

@Injectable()
export class EventPosts {
  constructor(
    private readonly endpoints: EndpointStore,
    private readonly secrets: EndpointSecrets,
    private readonly payloads: Payloads,
    private readonly posts: SignedPosts,
  ) {}

  /** Reads what is to be posted. Raises an Error if the endpoint was removed meanwhile. */
  async prepare(endpointId: string, deliveries: readonly Delivery[]): Promise<Batch> {
    const target = await this.endpoints.target(endpointId);
    if (!target) throw new Error('The endpoint was removed');
    const secrets = await this.secrets.of(endpointId);
    const payloads = await this.payloads.of(target.tenantId, deliveries);
    return { deliveries, url: target.url, secrets, payloads };
  }

  /** Never rejects for what an endpoint or the network does. */
  async make({ deliveries, url, secrets, payloads }: Batch): Promise<Told> {
    const made = await inTurns(deliveries, CALLS_AT_ONCE, async ({ id }): Promise<Made> => {
      const payload = payloads.get(id);
      if (!payload) return { verdict: { kind: 'refused', error: EVENT_GONE }, ms: 0 };
      const began = performance.now();
      const verdict = await this.posts.post({ url, id, body: JSON.stringify(payload), secrets, isPaced: true });
      return { verdict, ms: Math.round(performance.now() - began) };
    });
    return toldOf(deliveries, made);
  }

  /** What fails on our side, such as a key that is missing, is tried again too. */
  notMade(deliveries: readonly Delivery[]): Told {
    return toldOf(
      deliveries,
      deliveries.map(() => ({ verdict: { kind: 'failed', error: NOT_CALLED }, ms: 0 })),
    );
  }
}

/** Runs `work` over all, so many at once; results in order. */
async function inTurns<Item, Answer>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const results: Answer[] = [];
  const rest = items.entries();
  const run = async (): Promise<void> => {
    for (const [place, item] of rest) results[place] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, run));
  return results;
}

const toldOf = (deliveries: readonly Delivery[], made: readonly Made[]): Told => ({
  verdicts: made.map(({ verdict }) => verdict),
  results: deliveries.flatMap((delivery, place) => {
    const each = made[place];
    return each ? [resultOf(delivery, each)] : [];
  }),
});

function resultOf({ id, claim, attempts }: Delivery, { verdict, ms }: Made): Result {
  const attempt = { at: new Date().toISOString(), ms, error: verdict.kind === 'delivered' ? null : verdict.error };
  if (verdict.kind !== 'failed') return { id, claim, state: verdict.kind, attempt, pauseMs: null };
  return { id, claim, state: 'waiting', attempt, pauseMs: pauseMs(attempts, verdict.retryAfterMs, Math.random()) };
}
