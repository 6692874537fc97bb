/** When messages that wait for a rule of their tenant are tried again: walked in bounded batches where the rule has changed. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { Category, Channel } from '../../tenants/index.js';
import type { MessageReason } from '../message.reasons.js';

/** What one waits for, and whose. */
export interface WaitingFor {
  readonly tenantId: string;
  readonly reason: MessageReason;
}

export interface WaitingMessage {
  readonly id: string;
  readonly channel: Channel;
  readonly category: Category;
  readonly recipient: string;
  /** The time zone that the message's data name for the recipient, unchecked. */
  readonly zone: string | null;
}

/** Messages of a walk. */
export interface Waiting {
  /** Held until the transaction ends. */
  readonly messages: readonly WaitingMessage[];
  /** Ids of those that another transaction, or a drain, holds: whether they wait, and until when, is known once these are done. */
  readonly held: readonly string[];
  /** The last id that was looked at; undefined if there was none. */
  readonly last: string | undefined;
}

@Injectable()
export class WaitingTimes {
  constructor(private readonly database: Database) {}

  /** What drains hold of a tenant's messages: each may still be put back by what was the rule as it was claimed. */
  async claimedOf(tenantId: string): Promise<string[]> {
    const claimed = await this.database.query<{ message_id: string }>(
      `select message_id from pending where claim is not null and tenant_id = $1`,
      [tenantId],
    );
    return claimed.map(({ message_id: id }) => id);
  }

  /** The next `limit` after a message, in the order of their ids. */
  async next({ tenantId, reason }: WaitingFor, after: string, limit: number): Promise<Waiting> {
    const rows = await this.database.query<{ message_id: string }>(
      `select message_id from pending where tenant_id = $1 and waits_for = $2 and message_id > $3 order by message_id limit $4`,
      [tenantId, reason, after, limit],
    );
    return this.lock(
      { tenantId, reason },
      rows.map(({ message_id: id }) => id),
    );
  }

  /** Those of some messages that wait. */
  async among({ tenantId, reason }: WaitingFor, ids: readonly string[]): Promise<Waiting> {
    const rows = await this.database.query<{ message_id: string }>(
      `select message_id from pending
       where tenant_id = $1 and message_id = any($3::uuid[]) and (claim is not null or waits_for = $2) order by message_id`,
      [tenantId, reason, ids],
    );
    return this.lock(
      { tenantId, reason },
      rows.map(({ message_id: id }) => id),
    );
  }

  /**
   * Has messages that this transaction holds tried at these times, none after it expires or before the time that its caller asked for. A time that stays is
   * not written.
   */
  async move(times: ReadonlyMap<string, Date>): Promise<void> {
    await this.database.query(
      `update pending set ready_at = moved.at
       from (
         select id, greatest(least(asked.at, expires_at), send_at) as at
         from unnest($1::uuid[], $2::timestamptz[]) as asked (message_id, at) join message on id = message_id
         where id = any($1::uuid[])) as moved
       where pending.message_id = moved.id and pending.message_id = any($1::uuid[])
         and abs(extract(epoch from pending.ready_at - moved.at)) >= 1`,
      [[...times.keys()], [...times.values()]],
    );
  }

  private async lock({ tenantId, reason }: WaitingFor, ids: readonly string[]): Promise<Waiting> {
    if (ids.length === 0) return { messages: [], held: [], last: undefined };
    const messages = await this.database.query<WaitingMessage>(
      // Whatever is held by others is left to them: to wait here, in another order, could be a deadlock with a drain's claim.
      `with waiting as materialized (
         select message_id from pending
         where message_id = any($3::uuid[]) and tenant_id = $1 and waits_for = $2 and claim is null order by message_id for update skip locked)
       select id, channel, category, recipient, data ->> 'timezone' as zone
       from waiting join message on id = message_id where id = any($3::uuid[])`,
      [tenantId, reason, ids],
    );
    const mine = new Set(messages.map(({ id }) => id));
    return { messages, held: ids.filter((id) => !mine.has(id)), last: ids.at(-1) };
  }
}
