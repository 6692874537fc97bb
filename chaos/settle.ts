/** The end of a run: what would take hours is brought forward. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosEnvironment } from './environment.js';
import type { Scenario } from './scenario.js';

const PATIENCE_MS = 120_000;
/** Messages that any worker sends per millisecond. */
const PER_MS = 0.2;
/** Statuses that are neither final nor in doubt. */
export const UNDER_WAY = ['queued', 'scheduled', 'sending'];

/** Brings retries, open circuit breakers and reconciliation forward until nothing is under way. */
export async function settle(environment: ChaosEnvironment, scenario: Scenario): Promise<void> {
  const [line] = await environment.query<{ waiting: number }>(`select count(*)::int as waiting from pending`);
  const deadline = Date.now() + PATIENCE_MS + (line?.waiting ?? 0) / PER_MS;
  for (;;) {
    await environment.query(`update pending set ready_at = now() where claim is null and ready_at > now()`);
    await environment.query(`update lane set rest_until = now() where rest_until > now() + interval '2 seconds'`);
    await environment.query(
      `update doubt set look_at = now() where since < now() - interval '15 seconds' and look_at < 'infinity'`,
    );
    await environment.query(
      `update open_call set look_at = now() where uuid_extract_timestamp(id) < now() - interval '15 seconds' and look_at > now()`,
    );
    await environment.query(`update automation_run set due_at = now() where attempts > 0 and due_at > now()`);
    await environment.query(`update pending_event set next_try_at = now() where next_try_at > now()`);
    await environment.query(`update webhook_endpoint set retry_at = now() where retry_at > now()`);
    await environment.query(
      `update webhook_delivery set due_at = now() where due_at > now() and (claim is null or due_at < now() + interval '75 seconds')`,
    );
    const [left] = await environment.query<{
      messages: number;
      doubts: number;
      events: number;
      alerts: number;
      runs: number;
      told: number;
      frozen: boolean;
    }>(
      `select (select count(*) from message where status = any($1))::int as messages, (select count(*) from doubt where look_at < 'infinity')::int
           + (select count(*) from open_call, message where message.id = any(message_ids) and status = 'unknown')::int as doubts,
         (select count(*) from inbox where applied_at is null)::int + (select count(*) from fallback_due)::int
           + (select count(*) from message_event, event_cursor as cursor where name = 'channel-fallback'
                and (message_event.tx, message_event.seq) > (cursor.tx, cursor.seq))::int as events,
         (select count(*) from escalation where status = 'CALLING')::int as alerts,
         (select count(*) from pending_event)::int
           + (select count(*) from automation_run where status = 'waiting')::int as runs,
         (select count(*) from webhook_delivery where due_at is not null)::int + (select count(*) from consent_news)::int
           + (select count(*) from message_event, event_cursor as cursor where name = 'webhook-endpoints'
                and (message_event.tx, message_event.seq) > (cursor.tx, cursor.seq))::int as told,
         (select frozen_at is not null from campaign where id = $2) as frozen`,
      [UNDER_WAY, scenario.campaignId],
    );
    if (left && left.messages + left.doubts + left.events + left.alerts + left.runs + left.told === 0 && left.frozen)
      return;
    if (Date.now() > deadline) return; // the oracle then counts what is lost
    await delay(250);
  }
}
