/**
 * The register of calls to providers with idempotency keys: a call is stored before it is made, and until none of its messages
 * is in doubt. It holds no text: messages are rendered again for a retry, and the digest proves that they are unchanged.
 */
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { Envelope } from '../../providers/index.js';
import type { ProviderName } from '../../tenants/index.js';
import { areAnyUnsettled, Ledger, type TakenMessage } from '../../ledger/index.js';
import { CampaignThrottles, type ThrottleState } from '../lanes/campaign-throttles.js';

export interface OpenCall {
  readonly id: string;
  readonly messageIds: readonly string[];
  readonly digest: Buffer;
  readonly provider: ProviderName;
  readonly accountId: string;
}

/** A message of a call, in its current state. */
export interface Carried extends TakenMessage {
  /** Null for a message without campaign. */
  readonly throttle: ThrottleState | null;
}

/** Minutes before each retry; the last one repeats. A provider that fails now may soon recover. */
const PAUSES_MIN = [1, 2, 5, 15, 30, 60];

@Injectable()
export class OpenCalls {
  constructor(
    private readonly database: Database,
    private readonly ledger: Ledger,
    private readonly throttles: CampaignThrottles,
  ) {}

  /** Stores calls that are about to be made; the provider deduplicates retries for `repeatableForMs`. */
  async note(laneId: string, calls: readonly (readonly Envelope[])[], repeatableForMs: number): Promise<void> {
    for (const envelopes of calls) {
      await this.database.query(
        `insert into open_call (lane_id, message_ids, digest, repeatable_until)
         values ($1, $2, $3, clock_timestamp() + make_interval(secs => $4::float8 / 1000))`,
        [laneId, envelopes.map(({ messageId }) => messageId), digestOf(envelopes), repeatableForMs],
      );
    }
  }

  /** Deletes due calls without messages in doubt, and those past the provider's deduplication period. */
  async forgetSettled(): Promise<void> {
    await this.database.query(
      `delete from open_call where look_at <= clock_timestamp() and (repeatable_until <= clock_timestamp()
         or not ${areAnyUnsettled('message_ids')})`,
    );
  }

  /**
   * The next due call, rescheduled to its next look; undefined if none is due. Lanes that are stopped, or whose circuit
   * breaker is open, are skipped.
   */
  async due(): Promise<OpenCall | undefined> {
    const [call] = await this.database.query<OpenCall>(
      `with due as (
         select open_call.id from open_call join lane on lane.id = lane_id
         where look_at <= clock_timestamp() and state = 'active' and rest_until <= clock_timestamp()
         order by look_at limit 1 for update of open_call skip locked
       )
       update open_call set looks = looks + 1,
         look_at = clock_timestamp() + make_interval(mins => ($1::int[])[least(looks + 1, cardinality($1::int[]))])
       from due, lane where open_call.id = due.id and lane.id = lane_id
       returning open_call.id, message_ids as "messageIds", digest, provider, provider_account_id as "accountId"`,
      [PAUSES_MIN],
    );
    return call;
  }

  /**
   * Locks a call for a retry until the transaction ends: decisions about its messages wait meanwhile. False if it has been
   * deleted. An advisory lock assigns no transaction id: usage waits for transactions that have one, and a call may take
   * seconds.
   */
  async hold(id: string): Promise<boolean> {
    await this.database.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`open call ${id}`]);
    return (await this.database.query(`select from open_call where id = $1`, [id])).length > 0;
  }

  /** All messages of a call, in their order. */
  async carried({ messageIds }: OpenCall): Promise<Carried[]> {
    const messages = await this.ledger.taken(messageIds);
    const states = await this.throttles.statesOf(messages.flatMap((message) => campaignOf(message) ?? []));
    return messages.map((message) => ({ ...message, throttle: states.get(campaignOf(message) ?? '') ?? null }));
  }

  /** How often the last call of each message was retried, and when the next retry is due; only for messages with a call. */
  async looksAt(
    messages: readonly { readonly id: string; readonly lane_id: string }[],
  ): Promise<ReadonlyMap<string, { readonly looks: number; readonly lookAt: string }>> {
    const calls = await this.database.query<{ id: string; looks: number; look_at: string }>(
      `select message.id, call.looks, call.look_at
       from unnest($1::uuid[], $2::uuid[]) as message (id, lane_id), lateral (
         select looks, look_at from open_call
         where open_call.lane_id = message.lane_id and message.id = any(message_ids) order by open_call.id desc limit 1) as call`,
      [messages.map(({ id }) => id), messages.map(({ lane_id: lane }) => lane)],
    );
    return new Map(calls.map(({ id, looks, look_at: lookAt }) => [id, { looks, lookAt }]));
  }

  async forget(id: string): Promise<void> {
    await this.database.query(`delete from open_call where id = $1`, [id]);
  }

  /** Ensures that none of these messages is sent by a retried call. Call it in a transaction, before locking them. */
  async forgetAllOf(messageIds: readonly string[]): Promise<void> {
    const calls = await this.database.query<{ id: string }>(
      `select id from open_call where message_ids && $1::uuid[] order by id`,
      [messageIds],
    );
    for (const { id } of calls) if (await this.hold(id)) await this.forget(id);
  }
}

const campaignOf = ({ campaign_id: own, root_campaign_id: root }: TakenMessage): string | null => own ?? root;

/** Equal for equal envelopes only. */
export const digestOf = (envelopes: readonly Envelope[]): Buffer =>
  createHash('sha256').update(JSON.stringify(envelopes)).digest();
