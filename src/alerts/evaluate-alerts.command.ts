/** Looks at all alert rules: what begins, fires or is over is recorded, and told in the same transaction. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { Notices } from '../notices/index.js';
import { firingNotice, resolvedNotice, type ToldAlert } from './alert-letters.js';
import { isWrong, verdictOn, type AlertState } from './alert.rules.js';
import { AlertStore, type StoredAlert } from './alert-store.js';
import { ALERTS, rulesOf, runbookOf, type AlertsSettings } from './alerts-config.js';
import { Measures, type Reading } from './measures.js';
import { labelKey, type AlertRule, type LabelSet } from './rule.js';

export class EvaluateAlerts extends Command<void> {}

/** Who has not silenced it is reminded of what still fires. */
const REMINDED_AFTER_MS = 4 * 3_600_000;

type Readings = ReadonlyMap<string, readonly Reading[] | undefined>;

/** A rule at one set of labels. */
interface Subject {
  readonly rule: AlertRule;
  readonly labels: LabelSet;
  readonly value: number | null;
  readonly open: StoredAlert | undefined;
}

@CommandHandler(EvaluateAlerts)
export class EvaluateAlertsHandler implements ICommandHandler<EvaluateAlerts> {
  private readonly rules: readonly AlertRule[];

  constructor(
    @Inject(ALERTS) private readonly settings: AlertsSettings,
    private readonly database: Database,
    private readonly measures: Measures,
    private readonly store: AlertStore,
    private readonly notices: Notices,
  ) {
    this.rules = rulesOf(settings);
  }

  /** Safe to run by several processes at once: one after the other, each knows what the one before has told. */
  async execute(): Promise<void> {
    const readings = await this.readings();
    await this.database.transaction(async () => {
      const now = await this.store.hold();
      const open = await this.store.open();
      for (const alert of open) if (!this.rules.some(({ name }) => name === alert.rule)) await this.forget(alert, now);
      for (const rule of this.rules) {
        const read = readings.get(rule.name);
        if (!read) continue;
        for (const subject of subjectsOf(rule, read, open)) {
          if (isEffect(subject, readings, this.rules)) continue;
          await this.judge(subject, now);
        }
      }
    });
  }

  private async readings(): Promise<Readings> {
    const readings = new Map<string, readonly Reading[] | undefined>();
    for (const rule of this.rules) readings.set(rule.name, await this.measures.read(rule));
    return readings;
  }

  private async judge({ rule, labels, value, open }: Subject, now: Date): Promise<void> {
    const verdict = verdictOn(open, value, rule, now);
    if (verdict.state === 'ok') {
      if (open) await this.store.drop(open.id);
      return;
    }
    const { state, since, clearSince } = verdict;
    const news = { id: open?.id, rule: rule.name, labels, state, value: value ?? 0, since, clearSince };
    const alert = await this.store.record(news, now);
    await this.tell({ rule, value, alert, runbook: runbookOf(this.settings, rule.name) }, state, now);
  }

  private async tell(told: ToldAlert, state: AlertState, now: Date): Promise<void> {
    const { id, silenced, toldAt, told: times } = told.alert;
    if (state === 'resolved' && times > 0) await this.notices.write(resolvedNotice(told));
    const isDue = toldAt === null || now.getTime() - toldAt.getTime() >= REMINDED_AFTER_MS;
    if (state !== 'firing' || silenced || !isDue) return;
    await this.notices.write(firingNotice(told));
    await this.store.tell(id, now);
  }

  /** Nobody wants to know of its rule any more, so nobody is told that it is over. */
  private async forget({ id, rule, labels, state, since }: StoredAlert, now: Date): Promise<void> {
    if (state === 'pending') return this.store.drop(id);
    await this.store.record({ id, rule, labels, state: 'resolved', value: 0, since, clearSince: null }, now);
  }
}

/** What there is a value of, and what there was one of when it began. */
function subjectsOf(rule: AlertRule, readings: readonly Reading[], open: readonly StoredAlert[]): Subject[] {
  const own = new Map(open.filter((alert) => alert.rule === rule.name).map((alert) => [labelKey(alert.labels), alert]));
  const read = readings.map(({ labels, value }) => ({ rule, labels, value, open: own.get(labelKey(labels)) }));
  const keys = new Set(readings.map(({ labels }) => labelKey(labels)));
  const gone = [...own].filter(([key]) => !keys.has(key)).map(([, alert]) => alert);
  return [...read, ...gone.map((alert) => ({ rule, labels: alert.labels, value: null, open: alert }))];
}

/** Whether what is wrong is but an effect of what is wrong by another rule: then it is left as it was. */
function isEffect({ rule, value }: Subject, readings: Readings, rules: readonly AlertRule[]): boolean {
  const cause = rules.find(({ name }) => name === rule.unless);
  return (
    cause !== undefined &&
    isWrong(value, rule) &&
    (readings.get(cause.name) ?? []).some((reading) => isWrong(reading.value, cause))
  );
}
