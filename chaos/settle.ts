/** The end of a run: what takes hours by the clock is brought forward. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from './stage.js';
import type { Story } from './story.js';

const PATIENCE_MS = 120_000;
/** What a worker sends in any case. */
const PER_MS = 0.2;
/** What is neither at an end nor in doubt. */
export const UNDER_WAY = ['queued', 'scheduled', 'sending'];

/** Lets the time pass that retries, rests and looks into doubts would take, until nothing is under way. */
export async function settle(stage: Stage, story: Story): Promise<void> {
  const [line] = await stage.query<{ waiting: number }>(`select count(*)::int as waiting from pending`);
  const deadline = Date.now() + PATIENCE_MS + (line?.waiting ?? 0) / PER_MS;
  for (;;) {
    await stage.query(`update pending set ready_at = now() where claim is null and ready_at > now()`);
    await stage.query(`update lane set rest_until = now() where rest_until > now() + interval '2 seconds'`);
    await stage.query(
      `update doubt set look_at = now() where since < now() - interval '15 seconds' and look_at < 'infinity'`,
    );
    await stage.query(
      `update open_call set look_at = now() where uuid_extract_timestamp(id) < now() - interval '15 seconds' and look_at > now()`,
    );
    const [left] = await stage.query<{ messages: number; doubts: number; events: number; frozen: boolean }>(
      `select (select count(*) from message where status = any($1))::int as messages, (select count(*) from doubt where look_at < 'infinity')::int
           + (select count(*) from open_call, message where message.id = any(message_ids) and status = 'unknown')::int as doubts,
         (select count(*) from inbox where applied_at is null)::int + (select count(*) from fallback_due)::int
           + (select count(*) from message_event, event_cursor as cursor where name = 'channel-fallback'
                and (message_event.tx, message_event.seq) > (cursor.tx, cursor.seq))::int as events,
         (select frozen_at is not null from campaign where id = $2) as frozen`,
      [UNDER_WAY, story.campaignId],
    );
    if (left && left.messages + left.doubts + left.events === 0 && left.frozen) return;
    if (Date.now() > deadline) return; // the oracle then says what is lost
    await delay(250);
  }
}
