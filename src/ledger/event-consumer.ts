/** A consumer of ledger events: counts, follows up or reports. */
import type { Database } from '../kernel/index.js';

/** Events that a consumer takes at once, in commit order. */
export interface EventBatch {
  /**
   * SQL: a relation with these events and all columns of `message_event`. Make it a materialized CTE if it is read more than
   * once.
   */
  readonly events: string;
  /** Whether there may be more than some hundred. */
  readonly isLarge: boolean;
}

/**
 * Runs a statement that reads a batch, in the open transaction, with a plan that suits it. The newest events lie beyond the planner's statistics. It may
 * expect far more than there are, and would compile the statement each time; or a few, and joins a large batch by comparing all with all.
 */
export async function plannedFor<T>(
  { isLarge }: Pick<EventBatch, 'isLarge'>,
  database: Database,
  work: () => Promise<T>,
): Promise<T> {
  await database.query(
    `select set_config('jit', 'off', true)${isLarge ? `, set_config('enable_nestloop', 'off', true)` : ''}`,
  );
  const result = await work();
  if (isLarge) await database.query(`select set_config('enable_nestloop', 'on', true)`);
  return result;
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
   * How long events may wait for others where many come, in milliseconds: of a large batch each costs less than half as much as of a
   * small one. Few are taken at once all the same.
   */
  readonly gatherMs: number = 0;

  /**
   * Runs in the transaction that moves the cursor: its writes are committed with it, or rolled back, and then it is called with
   * the same events again. So it must not call external services; it records such work as due. Later events wait while it
   * throws.
   */
  abstract consume(batch: EventBatch): Promise<void>;
}
