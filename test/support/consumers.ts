/** Event consumers, run by a test. */
import { until } from '../../harness/until.js';
import { EventConsumers } from '../../src/ledger/index.js';
import type { TestApp } from './test-app.js';

/**
 * Has each take all events that there are. The test files share a server, and a transaction of any of them holds back what was
 * written after it began: that is waited for.
 */
export async function consume(app: TestApp, ...names: string[]): Promise<void> {
  await until(async () => {
    const held = await app.database.query(
      `select from message_event where tx >= pg_snapshot_xmin(pg_current_snapshot()) limit 1`,
    );
    return held.length === 0;
  });
  for (const name of names) await app.nest.get(EventConsumers).run(name);
}
