/** What drains take up, in the order in which they do: the database writes it down, so that no load on the machine can blur it. */
import { until } from '../../harness/until.js';
import type { TestApp } from '../support/test-app.js';

/** One claim of a drain: at what time of the database, in milliseconds, and which messages. */
export interface Claim {
  readonly at: number;
  readonly messageIds: readonly string[];
}

/** From now on all claims are noted. To be called once per test app. */
export async function noteClaims(app: TestApp): Promise<void> {
  await app.database.query(`
    create table noted_claim (
      place bigint generated always as identity,
      message_id uuid not null,
      lane_id uuid not null,
      claim xid8 not null default pg_current_xact_id(),
      at timestamptz not null default clock_timestamp()
    )`);
  await app.database.query(`
    create function note_claim() returns trigger language plpgsql as $$
    begin
      insert into noted_claim (message_id, lane_id) values (new.message_id, new.lane_id);
      return null;
    end $$`);
  await app.database.query(`
    create trigger note_claim after update of claim on pending for each row
    when (old.claim is null and new.claim is not null) execute function note_claim()`);
}

/** All claims so far on the lane of this message, first to last. A lane has one drain: its claims follow one another. */
export async function claimsBeside(app: TestApp, messageId: string): Promise<Claim[]> {
  const rows = await app.database.query<{ at: number; ids: string[] }>(
    `select (extract(epoch from min(at)) * 1000)::float8 as at, array_agg(message_id::text order by place) as ids from noted_claim
     where lane_id = (select lane_id from noted_claim where message_id = $1 limit 1)
     group by claim order by min(place)`,
    [messageId],
  );
  return rows.map(({ at, ids }) => ({ at, messageIds: ids }));
}

/** The first of this tenant's messages that a drain took up, once it has. */
export function firstClaimed(app: TestApp, tenantId: string): Promise<string> {
  return until(async () => {
    const [row] = await app.database.query<{ id: string }>(
      `select message_id as id from noted_claim join message on message.id = message_id
       where tenant_id = $1 order by place limit 1`,
      [tenantId],
    );
    return row?.id;
  });
}
