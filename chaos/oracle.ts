/** Compares what was promised with what the provider accepted, what the ledger says, and what usage counts. */
import { setTimeout as delay } from 'node:timers/promises';
import { recordedMessages, type RecordedMessage } from '../harness/sandbox-record.js';
import { repeatedSteps, unfinishedEvents, type KnownEvent } from './told-events.js';
import { moneyOff } from './money.js';
import { UNDER_WAY } from './settle.js';
import { outOfOrder, untold, type Fact } from './tenant-events.js';
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
  /** Messages without exactly their amount of money, and sums that are not those of the amounts. */
  readonly moneyOff: number;
  /** In doubt for good: no evidence can settle it. */
  readonly unknown: number;
  /** For each the provider, the channel, the reason, and whether that provider accepted it after all. */
  readonly unknownBy: readonly string[];
  /** Of every message that a provider has taken: the provider and the channel. */
  readonly takenBy: readonly string[];
  /** What was lost or doubled, one by one. */
  readonly wrong: readonly string[];
}

/** How an alert may end that nobody cancels. */
const ENDS = ['ACKNOWLEDGED', 'EXHAUSTED'];

interface Row {
  readonly id: string;
  readonly status: string;
  readonly provider: string;
  readonly channel: string;
  /** Why it is in doubt, if so. */
  readonly why: string;
  readonly sent: boolean;
}

export async function judge(environment: ChaosEnvironment, scenario: Scenario): Promise<Verdict> {
  const taken = await recordedMessages(environment.url);
  const rows = await environment.query<Row>(
    `select id, status, provider, channel, coalesce(error_code, reason, '') as why, sent_at is not null as sent from message`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const times = new Map<string, number>();
  for (const { messageId = 'of nobody' } of taken) times.set(messageId, (times.get(messageId) ?? 0) + 1);
  const unknown = rows.filter(({ status }) => status === 'unknown');
  const missing = scenario.accepted.filter((id) => !byId.has(id)).map(() => 'accepted and unknown to us');
  const left = rows.filter(({ status }) => UNDER_WAY.includes(status)).map((row) => `left: ${nameOf(row)}`);
  const untrue = rows
    .filter(({ id, status, sent }) => status !== 'unknown' && sent !== times.has(id))
    .map((row) => `${row.sent ? 'sent' : 'not sent'} by our word alone: ${nameOf(row)}`);
  const ofNobody = [...times.keys()].filter((id) => !byId.has(id)).map(() => 'taken, and unknown to us');
  const twice = rows.filter(({ id }) => (times.get(id) ?? 0) > 1).map((row) => `taken twice: ${nameOf(row)}`);
  const events = await knownEvents(environment);
  const lost = [
    ...missing,
    ...left,
    ...untrue,
    ...ofNobody,
    ...(await withoutFollower(environment)),
    ...(await unfinishedAlerts(environment, scenario)),
    ...unfinishedEvents(scenario.told, events),
    ...(await wronglyTold(environment, scenario)),
  ];
  const doubled = [
    ...twice,
    ...(await followedTwice(environment)),
    ...(await calledTooOften(environment)),
    ...repeatedSteps(events),
    ...(await sentAfterTheirRun(environment)),
  ];
  return {
    messages: rows.length,
    taken: taken.length,
    lost: lost.length,
    duplicated: doubled.length,
    wrong: [...lost, ...doubled],
    afterStop: afterStop(scenario, taken) + (await refusedAfterStop(environment, scenario)),
    usageOff: await usageOff(environment, scenario, rows.filter(({ sent }) => sent).length),
    moneyOff: await moneyOff(environment), // what was counted is priced
    unknown: unknown.length,
    takenBy: taken.map(({ provider, channel }) => `${provider} ${channel}`),
    unknownBy: unknown.map(
      ({ id, provider, channel, why }) => `${provider} ${channel} ${why} ${times.has(id) ? 'taken' : 'not taken'}`,
    ),
  };
}

const nameOf = ({ provider, channel, status, why }: Row): string => [provider, channel, status, why].join(' ').trim();

const afterStop = ({ stops, drafts: { number, standIn } }: Scenario, taken: readonly RecordedMessage[]): number =>
  stops.reduce(
    (sum, { channel, person, answeredAt }) =>
      sum +
      taken.filter(
        (message) =>
          message.channel === channel &&
          message.to === person &&
          (message.from === number || message.from === standIn) &&
          Date.parse(message.acceptedAt) > answeredAt,
      ).length,
    0,
  );

/** Messages that failed and whose fallback was never sent. */
async function withoutFollower(environment: ChaosEnvironment): Promise<string[]> {
  const rows = await environment.query(
    `select from message where jsonb_array_length(fallback) > 0 and status in ('failed', 'undelivered')
       and coalesce(reason, '') not in ('opted_out_at_provider', 'never_known')`,
  );
  return rows.map(() => 'failed, and its fallback never sent');
}

async function followedTwice(environment: ChaosEnvironment): Promise<string[]> {
  const rows = await environment.query(
    `select fallback_of from message where fallback_of is not null group by fallback_of having count(*) > 1`,
  );
  return rows.map(() => 'two fallbacks');
}

/** Alerts that nobody knows of, or that still wait for somebody although nothing is under way. */
async function unfinishedAlerts(environment: ChaosEnvironment, { alerts }: Scenario): Promise<string[]> {
  const found = await environment.query<{ id: string; status: string }>(
    `select id, case when exists (select from escalation_attempt where escalation_id = escalation.id) then status else 'untried' end as status
     from escalation where id = any($1::uuid[])`,
    [alerts],
  );
  const statuses = new Map(found.map(({ id, status }) => [id, status]));
  const ends = alerts.map((id) => statuses.get(id) ?? 'unknown to us');
  return ends.filter((end) => !ENDS.includes(end)).map((end) => `an alert: ${end}`);
}

/** What the tenant's own endpoint was not told, was told in another order, or by somebody else. */
async function wronglyTold(environment: ChaosEnvironment, { endpoint, stops }: Scenario): Promise<string[]> {
  if (!endpoint) return [];
  const facts = await environment.query<Fact>(
    `select message_id as "messageId", kind, position from (
       select message_id, kind, (row_number() over (partition by message_id order by seq))::int as position from message_event
       where kind <> 'received') as event
     where kind not in ('readdressed', 'diverted', 'fallback_refused', 'repeated', 'became_text', 'measured', 'priced')`,
  );
  return [
    ...untold(
      endpoint.taken,
      facts,
      stops.map(({ person }) => person),
    ),
    ...outOfOrder(endpoint.taken),
    ...Array.from({ length: endpoint.forged }, () => 'told by somebody else'),
  ];
}

/** Every event that is stored, with each of its runs. */
const knownEvents = (environment: ChaosEnvironment): Promise<KnownEvent[]> =>
  environment.query<KnownEvent>(
    `select external_id as id, run.status,
       (select count(*) from jsonb_array_elements(log) as entry where entry ->> 'what' = 'sent')::int as sent,
       array(select metadata ->> 'step' from message
         where metadata ->> 'run' = run.id::text and fallback_of is null and resend_of is null) as steps
     from inbound_event left join automation_run as run on run.trigger_id = inbound_event.id`,
  );

/** Messages of runs that an event had stopped by the time that their call came to nothing, or that were made after it. */
async function sentAfterTheirRun(environment: ChaosEnvironment): Promise<string[]> {
  const rows = await environment.query<{ kind: string }>(
    `select distinct on (message.id) event.kind from message join automation_run as run on metadata ->> 'run' = run.id::text
       join message_event as event on event.message_id = message.id
     where run.status = 'stopped' and run.reason like 'event %' and message.status <> 'cancelled'
       and event.kind in ('deferred', 'queued') and event.at > run.finished_at`,
  );
  return rows.map(({ kind }) => `${kind} after the run had been stopped`);
}

/** Alerts that went on after somebody acknowledged, or that called somebody again who had been reached. */
async function calledTooOften(environment: ChaosEnvironment): Promise<string[]> {
  const rows = await environment.query<{ step: number; attempt: number; status: string }>(
    `select step, attempt, escalation.status from escalation_attempt as attempt join escalation on escalation.id = escalation_id
     where at > coalesce(acknowledged_at, 'infinity')
       or exists (select from escalation_attempt as before join message on message.id = before.message_id
         where before.escalation_id = attempt.escalation_id and before.step = attempt.step and before.attempt < attempt.attempt
           and message.status in ('delivered', 'read') and settled_at < attempt.at)`,
  );
  return rows.map(({ step, attempt, status }) => `called again: step ${step}, attempt ${attempt}, ${status}`);
}

/** The provider enforces a STOP as well: a message that only the provider blocked is one that we would have sent. */
async function refusedAfterStop(environment: ChaosEnvironment, { stops }: Scenario): Promise<number> {
  const rows = await environment.query(
    `select from message_event as fact join message on message.id = message_id
     join unnest($1::text[], $2::float8[], $3::text[]) as stop (person, answered_at, heard_on)
       on recipient = person and message.channel = heard_on
     where fact.reason = 'opted_out_at_provider' and fact.at > to_timestamp(answered_at / 1000)`,
    [stops.map(({ person }) => person), stops.map(({ answeredAt }) => answeredAt), stops.map(({ channel }) => channel)],
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
