/** What counts, follows or reports by the events of the ledger. */

/** Events that a consumer takes at once, in the order they were committed to. */
export interface EventBatch {
  readonly size: number;
  /**
   * SQL: a relation with these events and all columns of `message_event`. Make it a materialized CTE where it is read more than once.
   */
  readonly events: string;
}

/**
 * Takes every event of the ledger exactly once. A subclass that is a provider of any module runs by itself: every second, on one worker
 * at a time. It keeps nothing of its own about where it is; a new one begins with the first event there is, unless a migration has
 * put its row into `event_cursor`.
 */
export abstract class EventConsumer {
  /** The name of its cursor: stable, as its place is kept under it. */
  abstract readonly name: string;

  /** It takes events only when they are so old: an interval of PostgreSQL such as `1 hour`; null for at once. */
  readonly minAge: string | null = null;

  /**
   * Runs in the transaction that moves the cursor: whatever it writes is committed with it, or not at all, and then it is called with
   * the same events again. So it calls nobody outside; what is to be done outside it writes down. Later events wait while it throws.
   */
  abstract consume(batch: EventBatch): Promise<void>;
}
