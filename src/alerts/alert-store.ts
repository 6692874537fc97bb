/** Alerts, their history, and what is silenced. */
import { Injectable } from '@nestjs/common';
import { Database, instant, SqlValues } from '../kernel/index.js';
import type { AlertState, OpenAlert } from './alert.rules.js';
import type { LabelSet } from './rule.js';

/** An alert that is not over, as stored. */
export interface StoredAlert extends OpenAlert {
  readonly id: string;
  readonly rule: string;
  readonly labels: LabelSet;
  /** When people were last told that it fires; null if they were not. */
  readonly toldAt: Date | null;
  /** How often they were. */
  readonly told: number;
  /** Nobody is to be told now. */
  readonly silenced: boolean;
}

/** What a look found of an alert. */
export interface AlertNews {
  /** Undefined for one that begins. */
  readonly id: string | undefined;
  readonly rule: string;
  readonly labels: LabelSet;
  readonly state: AlertState;
  readonly value: number;
  readonly since: Date;
  readonly clearSince: Date | null;
}

/** Times are PostgreSQL text. */
export interface ListedAlert {
  readonly id: string;
  readonly rule: string;
  readonly labels: LabelSet;
  readonly state: AlertState;
  readonly value: number;
  readonly since: string;
  readonly firedAt: string | null;
  readonly resolvedAt: string | null;
  readonly evaluatedAt: string;
  readonly silencedUntil: string | null;
  readonly silenceReason: string | null;
}

export interface AlertFilter {
  readonly id?: string | undefined;
  readonly state?: AlertState | undefined;
  readonly rule?: string | undefined;
  readonly before?: string | undefined;
}

interface OpenRow {
  readonly id: string;
  readonly rule: string;
  readonly labels: LabelSet;
  readonly state: 'pending' | 'firing';
  readonly since: string;
  readonly clear_since: string | null;
  readonly evaluated_at: string;
  readonly told_at: string | null;
  readonly told: number;
  readonly silenced: boolean;
}

const KEPT_DAYS = 90;
const SILENCED = `exists (
  select from alert_silence as silence
  where silence.rule = alert.rule and silence.labels = alert.labels and until > clock_timestamp())`;

@Injectable()
export class AlertStore {
  constructor(private readonly database: Database) {}

  /** Nobody else looks at alerts until the transaction ends. Answers the present time. */
  async hold(): Promise<Date> {
    await this.database.query(`select pg_advisory_xact_lock(hashtextextended('alerts', 0))`);
    const [clock] = await this.database.query<{ now: string }>(`select clock_timestamp() as now`);
    if (!clock) throw new Error('a database knows the time');
    return instant(clock.now);
  }

  /** All that are not over. */
  async open(): Promise<StoredAlert[]> {
    const rows = await this.database.query<OpenRow>(
      `select id, rule, labels, state, since, clear_since, evaluated_at, told_at, told, ${SILENCED} as silenced
       from alert where state <> 'resolved' order by id`,
    );
    return rows.map(({ clear_since: clearSince, evaluated_at: evaluatedAt, told_at: toldAt, since, ...row }) => ({
      ...row,
      since: instant(since),
      clearSince: clearSince === null ? null : instant(clearSince),
      evaluatedAt: instant(evaluatedAt),
      toldAt: toldAt === null ? null : instant(toldAt),
    }));
  }

  /** Writes down what a look found. Answers the alert as it is now. */
  async record({ id, rule, labels, state, value, since, clearSince }: AlertNews, now: Date): Promise<StoredAlert> {
    const values = [state, value, since.toISOString(), clearSince?.toISOString() ?? null, now.toISOString()];
    const [row] =
      id === undefined
        ? await this.database.query<OpenRow>(
            `insert into alert (rule, labels, state, value, since, clear_since, evaluated_at, fired_at)
             values ($6, $7::jsonb, $1, $2, $3, $4, $5, case when $1 = 'firing' then $5::timestamptz end)
             returning *, ${SILENCED} as silenced`,
            [...values, rule, JSON.stringify(labels)],
          )
        : await this.database.query<OpenRow>(
            `update alert set state = $1, value = $2, since = $3, clear_since = $4, evaluated_at = $5,
               fired_at = case when $1 <> 'pending' then coalesce(fired_at, $5) end,
               resolved_at = case when $1 = 'resolved' then $5::timestamptz end
             where id = $6 returning *, ${SILENCED} as silenced`,
            [...values, id],
          );
    if (!row) throw new Error('an alert that is recorded is there');
    return {
      id: row.id,
      rule,
      labels,
      state: row.state,
      since,
      clearSince,
      evaluatedAt: now,
      toldAt: row.told_at === null ? null : instant(row.told_at),
      told: row.told,
      silenced: row.silenced,
    };
  }

  /** Forgets one that began and was nothing. */
  async drop(id: string): Promise<void> {
    await this.database.query(`delete from alert where id = $1 and state = 'pending'`, [id]);
  }

  /** People were told that it fires. */
  async tell(id: string, now: Date): Promise<void> {
    await this.database.query(`update alert set told = told + 1, told_at = $2 where id = $1`, [id, now.toISOString()]);
  }

  /** Newest first. */
  page({ id, state, rule, before }: AlertFilter, limit: number): Promise<ListedAlert[]> {
    const values = new SqlValues(limit);
    const asked = values.all([
      [(place) => `alert.id = ${place}::uuid`, id],
      [(place) => `state = ${place}`, state],
      [(place) => `alert.rule = ${place}`, rule],
      [(place) => `alert.id < ${place}::uuid`, before],
    ]);
    return this.database.query<ListedAlert>(
      `select id, alert.rule, alert.labels, state, value, since, fired_at as "firedAt", resolved_at as "resolvedAt",
         evaluated_at as "evaluatedAt", until as "silencedUntil", reason as "silenceReason"
       from alert left join alert_silence as silence
         on silence.rule = alert.rule and silence.labels = alert.labels and until > clock_timestamp()
       ${asked && `where ${asked}`} order by id desc limit $1`,
      values.list,
    );
  }

  /** How many of each rule there are in each state, of those that are not over. */
  standing(): Promise<{ readonly rule: string; readonly state: 'pending' | 'firing'; readonly alerts: number }[]> {
    return this.database.query(
      `select rule, state, count(*)::int as alerts from alert where state <> 'resolved' group by rule, state`,
    );
  }

  /** Nobody is told of this rule and these labels for so long. */
  async silence(rule: string, labels: LabelSet, minutes: number, reason: string): Promise<void> {
    await this.database.query(
      `insert into alert_silence (rule, labels, until, reason)
       values ($1, $2::jsonb, clock_timestamp() + make_interval(mins => $3), $4)
       on conflict (rule, labels) do update set until = excluded.until, reason = excluded.reason, created_at = now()`,
      [rule, JSON.stringify(labels), minutes, reason],
    );
  }

  /** People are told again. */
  async endSilence(rule: string, labels: LabelSet): Promise<void> {
    await this.database.query(`delete from alert_silence where rule = $1 and labels = $2::jsonb`, [
      rule,
      JSON.stringify(labels),
    ]);
  }

  /** Forgets alerts that have been over for 90 days, and silences that have ended. */
  async purge(): Promise<void> {
    await this.database.query(
      `delete from alert where state = 'resolved' and resolved_at < now() - make_interval(days => ${KEPT_DAYS})`,
    );
    await this.database.query(`delete from alert_silence where until < now()`);
  }
}
