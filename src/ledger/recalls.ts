/** Takes messages back that nobody wants any more, since what they belong to has ended or has changed. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Source } from './message.events.js';
import type { MessageReason } from './message.reasons.js';
import { FALLS_BACK, HOLDS_BACK, quoted, WAITING, type MessageStatus } from './message.status.js';
import { Transitions } from './transitions.js';

/** The last in the place of a message: itself, or what has followed it. */
export interface HeldMessage {
  readonly id: string;
  /** It certainly is not sent, and is not being sent. */
  readonly waits: boolean;
}

export interface Recall {
  readonly message: HeldMessage;
  readonly reason: MessageReason;
}

interface Last {
  readonly first: string;
  readonly id: string;
}

/** Something may yet follow a message with such a status, or its call may have come to nothing. */
const MAY_GO_ON: readonly MessageStatus[] = ['sending', 'unknown', 'sent', 'delivered', ...FALLS_BACK];

/** By primary keys: of a set without statistics PostgreSQL would read all messages. */
const LASTS = `
  with recursive place as (
    select asked.id as first, message.* from unnest($1::uuid[]) as asked (id) cross join lateral (
      select id, status, reason, recalled, fallback, followed_by from message where message.id = asked.id limit 1) as message
    union all
    select first, next.* from place cross join lateral (
      select id, status, reason, recalled, fallback, followed_by from message where message.id = place.followed_by limit 1) as next
  )
  select first, id from place where followed_by is null`;

/** To be sent for the first time, or by a fallback. */
const IS_TO_BE_SENT = `(status in (${quoted(WAITING)}, 'sending') or (recalled is null and jsonb_array_length(fallback) > 0
  and status in (${quoted(FALLS_BACK)}) and coalesce(reason, '') not in (${quoted(HOLDS_BACK)})))`;

@Injectable()
export class Recalls {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
  ) {}

  /**
   * The last in the place of each of these messages, by their ids; without those that the ledger does not have. Until the end of the
   * transaction no call for them begins, and nothing more follows them. Call it once, in the transaction of what ends them.
   */
  async hold(ids: readonly string[]): Promise<ReadonlyMap<string, HeldMessage>> {
    const held = new Map<string, HeldMessage>();
    for (let open = [...new Set(ids)]; open.length > 0;) {
      const lasts = await this.database.query<Last>(LASTS, [open]);
      const locked = await this.lock(lasts.map(({ id }) => id));
      open = [];
      for (const { first, id } of lasts) {
        const message = locked.get(id);
        if (message?.followed_by === null) held.set(first, { id, waits: WAITING.includes(message.status) });
        else if (message) open.push(first); // something followed it meanwhile
      }
    }
    return held;
  }

  /** What no drain has claimed is locked in the queue first, as by all that take something out of it. */
  private async lock(ids: readonly string[]): Promise<ReadonlyMap<string, Locked>> {
    await this.database.query(
      `select from pending where message_id = any($1::uuid[]) and claim is null order by message_id for update`,
      [ids],
    );
    const rows = await this.database.query<Locked>(
      `select id, status, followed_by from message where id = any($1::uuid[]) order by id for no key update`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Those that wait end as `cancelled`. The others are left alone, but none is tried again, and nothing follows it. */
  async recall(recalls: readonly Recall[], source: Source): Promise<void> {
    const [waiting, gone] = [true, false].map((waits) => recalls.filter(({ message }) => message.waits === waits));
    await this.transitions.apply(
      (waiting ?? []).map(({ message: { id: messageId }, reason }) => ({
        messageId,
        status: 'cancelled',
        reason,
        uncalled: true,
      })),
      source,
    );
    if (gone === undefined || gone.length === 0) return;
    await this.database.query(
      `update message set recalled = gone.reason from unnest($1::uuid[], $2::text[]) as gone (id, reason)
       where message.id = gone.id and message.id = any($1::uuid[]) and recalled is null and status = any($3)`,
      [gone.map(({ message }) => message.id), gone.map(({ reason }) => reason), MAY_GO_ON],
    );
  }

  /** Of these messages those that are to be sent yet, or whose fallback is: each with the last in its place. */
  async toBeSent(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const lasts = await this.database.query<Last>(`${LASTS} and ${IS_TO_BE_SENT}`, [ids]);
    return new Map(lasts.map(({ first, id }) => [first, id]));
  }
}

interface Locked {
  readonly id: string;
  readonly status: MessageStatus;
  readonly followed_by: string | null;
}
