/** A consumer of ledger events: counts, follows up or reports. */

/** Events that a consumer takes at once, in commit order. */
export interface EventBatch {
  /**
   * SQL: a relation with these events and all columns of `message_event`. Make it a materialized CTE if it is read more than
   * once.
   */
  readonly events: string;
}

/**
 * Takes every ledger event exactly once. A subclass registered as a provider of any module runs by itself: every second, on one
 * worker at a time. It keeps no position of its own; a new one starts at the first event, unless a migration has put its row
 * into `event_cursor`.
 */
export abstract class EventConsumer {
  /** The name of its cursor; must not change, as the position is stored under it. */
  abstract readonly name: string;

  /** Takes events only when they are this old: a PostgreSQL interval such as `1 hour`; null for at once. */
  readonly minAge: string | null = null;

  /**
   * Runs in the transaction that moves the cursor: its writes are committed with it, or rolled back, and then it is called with
   * the same events again. So it must not call external services; it records such work as due. Later events wait while it
   * throws.
   */
  abstract consume(batch: EventBatch): Promise<void>;
}
