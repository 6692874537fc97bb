/** Compares what was promised with what the provider accepted, what the ledger says, and what usage counts. */
import { setTimeout as delay } from 'node:timers/promises';
import { recordedMessages, type RecordedMessage } from '../harness/sandbox-record.js';
import { UNDER_WAY } from './settle.js';
import type { ChaosEnvironment } from './environment.js';
import type { Scenario } from './scenario.js';

export interface Verdict {
  readonly messages: number;
  readonly taken: number;
  /** Accepted but not in a final status; or recorded as sent, but unknown to the provider. */
  readonly lost: number;
  readonly duplicated: number;
  readonly afterStop: number;
  /** By how much usage, events and ledger differ. */
  readonly usageOff: number;
  /** In doubt for good: no evidence can settle it. */
  readonly unknown: number;
  /** For each the provider, the reason, and whether that provider accepted it after all. */
  readonly unknownBy: readonly string[];
}

interface Row {
  readonly id: string;
  readonly status: string;
  readonly provider: string;
  /** Why it is in doubt, if so. */
  readonly why: string;
  readonly sent: boolean;
}

export async function judge(environment: ChaosEnvironment, scenario: Scenario): Promise<Verdict> {
  const taken = await recordedMessages(environment.url);
  const rows = await environment.query<Row>(
    `select id, status, provider, coalesce(error_code, reason, '') as why, sent_at is not null as sent from message`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const times = new Map<string, number>();
  for (const { messageId = 'of nobody' } of taken) times.set(messageId, (times.get(messageId) ?? 0) + 1);
  const unknown = rows.filter(({ status }) => status === 'unknown');
  const missing = scenario.accepted.filter((id) => !byId.has(id)).length;
  const left = rows.filter(({ status }) => UNDER_WAY.includes(status)).length;
  const untrue = rows.filter(({ id, status, sent }) => status !== 'unknown' && sent !== times.has(id)).length;
  return {
    messages: rows.length,
    taken: taken.length,
    lost: missing + left + untrue + (await withoutFollower(environment)),
    duplicated: [...times.values()].filter((count) => count > 1).length + (await followedTwice(environment)),
    afterStop: afterStop(scenario, taken) + (await refusedAfterStop(environment, scenario)),
    usageOff: await usageOff(environment, scenario, rows.filter(({ sent }) => sent).length),
    unknown: unknown.length,
    unknownBy: unknown.map(({ id, provider, why }) => `${provider} ${why} ${times.has(id) ? 'taken' : 'not taken'}`),
  };
}

const afterStop = ({ stops, number, standIn }: Scenario, taken: readonly RecordedMessage[]): number =>
  stops.reduce(
    (sum, { person, answeredAt }) =>
      sum +
      taken.filter(
        ({ to, from, acceptedAt }) =>
          to === person && (from === number || from === standIn) && Date.parse(acceptedAt) > answeredAt,
      ).length,
    0,
  );

/** Messages that failed and whose fallback was never sent. */
async function withoutFollower(environment: ChaosEnvironment): Promise<number> {
  const rows = await environment.query(
    `select from message where fallback is not null and status in ('failed', 'undelivered')
       and coalesce(reason, '') not in ('opted_out_at_provider', 'never_known')`,
  );
  return rows.length;
}

async function followedTwice(environment: ChaosEnvironment): Promise<number> {
  const rows = await environment.query(
    `select fallback_of from message where fallback_of is not null group by fallback_of having count(*) > 1`,
  );
  return rows.length;
}

/** The provider enforces a STOP as well: a message that only the provider blocked is one that we would have sent. */
async function refusedAfterStop(environment: ChaosEnvironment, { stops }: Scenario): Promise<number> {
  const rows = await environment.query(
    `select from message_event as fact join message on message.id = message_id
     join unnest($1::text[], $2::float8[]) as stop (person, answered_at) on recipient = person
     where fact.reason = 'opted_out_at_provider' and fact.at > to_timestamp(answered_at / 1000)`,
    [stops.map(({ person }) => person), stops.map(({ answeredAt }) => answeredAt)],
  );
  return rows.length;
}

/** Usage is rolled up within moments: a difference that remains is an error. */
async function usageOff(environment: ChaosEnvironment, scenario: Scenario, sent: number): Promise<number> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const { total } = await scenario.client.ask<{ total: { messages: number } }>('GET', '/api/usage');
    const [facts] = await environment.query<{ count: number }>(
      `select count(*)::int as count from message_event where kind = 'sent'`,
    );
    const off = Math.abs(total.messages - sent) + Math.abs(Number(facts?.count) - sent);
    if (off === 0 || Date.now() > deadline) return off;
    await delay(250);
  }
}
