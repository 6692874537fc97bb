/** Compares what was promised with what the provider took, the ledger says, and the bill counts. */
import { setTimeout as delay } from 'node:timers/promises';
import { recordedMessages, type RecordedMessage } from '../harness/sandbox-record.js';
import { UNDER_WAY } from './settle.js';
import type { Stage } from './stage.js';
import type { Story } from './story.js';

export interface Verdict {
  readonly messages: number;
  readonly taken: number;
  /** Accepted, and neither at an end nor in doubt; or said to be sent, and the provider knows nothing of it. */
  readonly lost: number;
  readonly duplicated: number;
  readonly afterStop: number;
  /** By how much usage, facts and ledger differ. */
  readonly usageOff: number;
  /** In doubt for good: nobody can say. */
  readonly unknown: number;
  /** Of each the provider, why, and whether that provider has taken it after all. */
  readonly unknownBy: readonly string[];
}

interface Row {
  readonly id: string;
  readonly status: string;
  readonly provider: string;
  /** Of one in doubt. */
  readonly why: string;
  readonly sent: boolean;
}

export async function judge(stage: Stage, story: Story): Promise<Verdict> {
  const taken = await recordedMessages(stage.url);
  const rows = await stage.query<Row>(
    `select id, status, provider, coalesce(error_code, reason, '') as why, sent_at is not null as sent from message`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const times = new Map<string, number>();
  for (const { messageId = 'of nobody' } of taken) times.set(messageId, (times.get(messageId) ?? 0) + 1);
  const unknown = rows.filter(({ status }) => status === 'unknown');
  const missing = story.accepted.filter((id) => !byId.has(id)).length;
  const left = rows.filter(({ status }) => UNDER_WAY.includes(status)).length;
  const untrue = rows.filter(({ id, status, sent }) => status !== 'unknown' && sent !== times.has(id)).length;
  return {
    messages: rows.length,
    taken: taken.length,
    lost: missing + left + untrue + (await withoutFollower(stage)),
    duplicated: [...times.values()].filter((count) => count > 1).length + (await followedTwice(stage)),
    afterStop: afterStop(story, taken) + (await refusedAfterStop(stage, story)),
    usageOff: await usageOff(stage, story, rows.filter(({ sent }) => sent).length),
    unknown: unknown.length,
    unknownBy: unknown.map(({ id, provider, why }) => `${provider} ${why} ${times.has(id) ? 'taken' : 'not taken'}`),
  };
}

const afterStop = ({ stops, number, standIn }: Story, taken: readonly RecordedMessage[]): number =>
  stops.reduce(
    (sum, { person, answeredAt }) =>
      sum +
      taken.filter(
        ({ to, from, acceptedAt }) =>
          to === person && (from === number || from === standIn) && Date.parse(acceptedAt) > answeredAt,
      ).length,
    0,
  );

/** Messages that reached nobody, and whose fallback nobody has sent. */
async function withoutFollower(stage: Stage): Promise<number> {
  const rows = await stage.query(
    `select from message where fallback is not null and status in ('failed', 'undelivered')
       and coalesce(reason, '') not in ('opted_out_at_provider', 'never_known')`,
  );
  return rows.length;
}

async function followedTwice(stage: Stage): Promise<number> {
  const rows = await stage.query(
    `select fallback_of from message where fallback_of is not null group by fallback_of having count(*) > 1`,
  );
  return rows.length;
}

/** The provider obeys a STOP as well: a message that only it stopped is one that we would have sent. */
async function refusedAfterStop(stage: Stage, { stops }: Story): Promise<number> {
  const rows = await stage.query(
    `select from message_event as fact join message on message.id = message_id
     join unnest($1::text[], $2::float8[]) as stop (person, answered_at) on recipient = person
     where fact.reason = 'opted_out_at_provider' and fact.at > to_timestamp(answered_at / 1000)`,
    [stops.map(({ person }) => person), stops.map(({ answeredAt }) => answeredAt)],
  );
  return rows.length;
}

/** Usage is added up within moments; what still differs after a while is wrong. */
async function usageOff(stage: Stage, story: Story, sent: number): Promise<number> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const { total } = await story.client.ask<{ total: { messages: number } }>('GET', '/api/usage');
    const [facts] = await stage.query<{ count: number }>(
      `select count(*)::int as count from message_event where kind = 'sent'`,
    );
    const off = Math.abs(total.messages - sent) + Math.abs(Number(facts?.count) - sent);
    if (off === 0 || Date.now() > deadline) return off;
    await delay(250);
  }
}
