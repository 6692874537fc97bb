/** Messages of another day: all that was sent so far was accepted and sent so long ago, in the ledger and in the providers' books. */
import type { TestApp } from './test-app.js';

interface Aged {
  readonly id: string;
  readonly aged: string;
  readonly sid: string;
}

/** Nothing is under way any more. Answers the new id of each message, which holds the time when it was accepted. */
export async function setBack(app: TestApp, interval: string): Promise<(id: string) => string> {
  const query = <Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
    app.database.query<Row>(sql, parameters);
  await query(`select ensure_month(date_trunc('month', now() - $1::interval)::date)`, [interval]);
  const messages = await query<Aged>(
    `select id, uuidv7(-$1::interval) as aged, provider_message_id as sid from message where provider_message_id is not null`,
    [interval],
  );
  const columns = [messages.map(({ id }) => id), messages.map(({ aged }) => aged)];
  const pairs = `unnest($1::uuid[], $2::uuid[]) as pair (one, aged)`;
  await query(`update message set id = aged from ${pairs} where id = one`, columns);
  await query(`update voice_call set message_id = aged from ${pairs} where message_id = one`, columns);
  await query(
    `update message_event set message_id = aged, at = at - $3::interval from ${pairs} where message_id = one`,
    [...columns, interval],
  );
  const sent = await query<{ sid: string; at: string }>(
    `select provider_message_id as sid, at from message_event join message on message.id = message_id
     where kind = 'sent' and message_id = any($1)`,
    [messages.map(({ aged }) => aged)],
  );
  for (const { sid, at } of sent) await changeBooks(app, sid, { sentAt: new Date(at) });
  const ids = new Map(messages.map(({ id, aged }) => [id, aged]));
  return (id) => ids.get(id) ?? id;
}

/** Has the provider's books say something else of a message. */
export async function changeBooks(app: TestApp, providerMessageId: string, change: object): Promise<void> {
  await app.http.patch(`/sandbox/messages/${providerMessageId}`).send(change).expect(204);
}

/** A scheduled job runs only when the test runs it. */
export async function holdSchedule(app: TestApp, name: string): Promise<void> {
  await app.database.query(
    `insert into schedule (name, last_started_at) values ($1, 'infinity')
     on conflict (name) do update set last_started_at = excluded.last_started_at`,
    [name],
  );
}
