/** Moves messages through their lives: ledger, line and facts together, in one statement for a whole batch. */
import { Injectable } from '@nestjs/common';
import { Database, DomainEvents } from '../kernel/index.js';
import { APPLY_NEWS } from './apply-news.sql.js';
import { DEFER } from './defer.sql.js';
import type { Source } from './message.events.js';
import { eventsOfMoves, type Moved } from './messages-moved.events.js';
import { PROVES_SENT, RANK, SETTLED, type MessageStatus } from './message.status.js';

/** News of one message. */
export interface News {
  readonly messageId: string;
  readonly status: MessageStatus;
  /** Why, as a stable word of ours. */
  readonly reason?: string;
  /** The provider's own code. */
  readonly code?: string;
  readonly providerMessageId?: string;
  /** When it happened, by the provider's word. */
  readonly occurredAt?: Date;
  /** A drain stopped it before the provider was called: of a message that is being sent by now, it says nothing. */
  readonly uncalled?: boolean;
}

/** What a provider's call left to be tried again. */
export interface Deferral {
  readonly messageId: string;
  /** The attempt that came to this, if one did: of a later attempt it says nothing. */
  readonly attempt?: number;
  /** Why it waits, as a stable word of ours. */
  readonly reason: string;
  readonly code?: string;
  readonly retryInMs: number;
}

@Injectable()
export class Transitions {
  constructor(
    private readonly database: Database,
    private readonly events: DomainEvents,
  ) {}

  /**
   * Applies news in whatever order it comes: a message moves only upwards in rank. Several news of one message are applied from
   * the lowest, each with its event. Answers each move; all are published once they are committed.
   */
  async apply(news: readonly News[], source: Source): Promise<Moved[]> {
    const [first = [], ...more] = rounds(news);
    if (more.length === 0) return this.applyRound(first, source);
    return this.database.transaction(async () => {
      const moved = await this.applyRound(first, source);
      for (const round of more) moved.push(...(await this.applyRound(round, source)));
      return moved;
    });
  }

  /** At most one news of each message. */
  private async applyRound(news: readonly News[], source: Source): Promise<Moved[]> {
    if (news.length === 0) return [];
    const ordered = news.toSorted((one, other) => (one.messageId < other.messageId ? -1 : 1));
    const column = (value: (one: News) => unknown): unknown[] => ordered.map(value);
    const moved = await this.database.prepared<Moved>(APPLY_NEWS, [
      column(({ messageId }) => messageId),
      column(({ status }) => status),
      column(({ status }) => RANK[status]),
      column(({ reason }) => reason),
      column(({ code }) => code),
      column(({ providerMessageId }) => providerMessageId),
      column(({ occurredAt }) => occurredAt),
      column(({ uncalled }) => uncalled ?? false),
      // A provider that has an id for it has taken it, whatever became of it then.
      column(({ status, providerMessageId }) => PROVES_SENT.includes(status) || providerMessageId !== undefined),
      column(({ status }) => SETTLED.includes(status)),
      source,
      ordered[0]?.messageId,
      ordered.at(-1)?.messageId,
    ]);
    await this.events.publish(eventsOfMoves(moved));
    return moved;
  }

  /**
   * Puts claimed messages back into the line, also one that was given up as `unknown` meanwhile: whoever defers it knows that it
   * was not sent. A message that news has moved on stays where it is.
   */
  async defer(deferrals: readonly Deferral[], source: Source = 'dispatch'): Promise<void> {
    if (deferrals.length === 0) return;
    const moved = await this.database.query<Moved>(DEFER, [
      JSON.stringify(
        deferrals.map(({ messageId, attempt, code, reason, retryInMs }) => ({
          id: messageId,
          attempt,
          code,
          reason,
          retry_in_ms: retryInMs,
        })),
      ),
      deferrals.map(({ messageId }) => messageId),
      source,
    ]);
    await this.events.publish(eventsOfMoves(moved));
  }
}

/** The lowest news of each message, then the next of those that have more. A provider's id goes with each, whichever brought it. */
function rounds(news: readonly News[]): News[][] {
  const result: News[][] = [];
  for (const ofOne of Map.groupBy(news, ({ messageId }) => messageId).values()) {
    const { providerMessageId } = ofOne.find((one) => one.providerMessageId !== undefined) ?? {};
    const byRank = new Map(ofOne.toReversed().map((one) => [RANK[one.status], one]));
    const ascending = [...byRank].sort(([one], [other]) => one - other);
    for (const [place, [, one]] of ascending.entries()) (result[place] ??= []).push({ ...one, providerMessageId });
  }
  return result;
}
