/** Applies status changes: ledger, pending queue and facts together, in one statement per batch. */
import { Injectable } from '@nestjs/common';
import { Database, DomainEvents } from '../kernel/index.js';
import { APPLY_NEWS } from './apply-news.sql.js';
import { DEFER } from './defer.sql.js';
import type { Source } from './message.events.js';
import { eventsOfMoves, type Moved } from './messages-moved.events.js';
import { PROVES_SENT, RANK, SETTLED, type MessageStatus } from './message.status.js';
import type { MessageReason } from './message.reasons.js';

/** A report about one message. */
export interface News {
  readonly messageId: string;
  readonly status: MessageStatus;
  /** Why, as a stable code of ours. */
  readonly reason?: MessageReason;
  /** The provider's own code, and what it means in words. */
  readonly code?: string;
  readonly errorMessage?: string;
  readonly providerMessageId?: string;
  /** When it happened, according to the provider. */
  readonly occurredAt?: Date;
  /** A drain stopped it before calling the provider: ignored if the message is being sent by now. */
  readonly uncalled?: boolean;
}

/** A message to retry after a provider call. */
export interface Deferral {
  readonly messageId: string;
  /** The attempt that led to this, if any: ignored for a later attempt. */
  readonly attempt?: number;
  /** It was not even tried: the attempt counts neither as one nor as its first. */
  readonly isUntried?: boolean;
  /** Why it waits, as a stable code of ours. */
  readonly reason: MessageReason;
  readonly code?: string;
  readonly errorMessage?: string;
  readonly retryInMs: number;
}

@Injectable()
export class Transitions {
  constructor(
    private readonly database: Database,
    private readonly events: DomainEvents,
  ) {}

  /**
   * Applies reports in any order: a message moves only upwards in rank. Several reports of one message are applied from the
   * lowest, each with its event. Returns each change; all are published after the commit.
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

  /** At most one report per message. */
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
      // A provider that has an id for it has taken it, whatever happened later.
      column(({ status, providerMessageId }) => PROVES_SENT.includes(status) || providerMessageId !== undefined),
      column(({ status }) => SETTLED.includes(status)),
      column(({ errorMessage }) => storableWords(errorMessage)),
      source,
      ordered[0]?.messageId,
      ordered.at(-1)?.messageId,
    ]);
    await this.events.publish(eventsOfMoves(moved));
    return moved;
  }

  /**
   * Puts claimed messages back into the pending queue, even one marked `unknown` meanwhile: the caller knows that it was not
   * sent. A message that a report has moved on is left alone.
   */
  async defer(deferrals: readonly Deferral[], source: Source = 'dispatch'): Promise<void> {
    if (deferrals.length === 0) return;
    const moved = await this.database.query<Moved>(DEFER, [
      JSON.stringify(
        deferrals.map(({ messageId, attempt, isUntried, code, errorMessage, reason, retryInMs }) => ({
          id: messageId,
          attempt,
          untried: isUntried ?? false,
          code,
          error_message: storableWords(errorMessage),
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

const MOST_CHARACTERS = 500;

/** A provider's words on one line that the database can hold. */
const storableWords = (text: string | undefined): string | null =>
  text
    ?.replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, MOST_CHARACTERS)
    .toWellFormed() || null;

/** The lowest report of each message, then the next of those that have more. A provider's id is kept, whichever report has it. */
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
