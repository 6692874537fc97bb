/**
 * What all processes counted lately, minute by minute: each adds what its own metrics have grown by. So rules see the same counts as Prometheus
 * does, without a statement for any message; what a crash lost was counted nowhere.
 */
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, errorLine, Metrics, SparingLogger } from '../kernel/index.js';
import { countedBy, labelKey, metricsNamed, type Counted, type CountedMeasure, type LabelSet } from './rule.js';
import { RULES } from './rule-list.js';

const ADD_EVERY_MS = 10_000;
/** Longer than the longest window. */
const KEPT_HOURS = 2;

interface Count {
  readonly rule: string;
  readonly part: 'part' | 'whole';
  readonly labels: LabelSet;
  readonly count: number;
}

/** Of a rule and one set of labels. */
export interface WindowSum {
  readonly labels: LabelSet;
  readonly part: number;
  readonly whole: number;
}

@Injectable()
export class AlertCounts implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new SparingLogger(new Logger('Alerts'));
  /** What has been added of each, since this process started. */
  private readonly added = new Map<string, number>();
  private adding: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.addQuietly(), ADD_EVERY_MS);
  }

  /** While the database is still there. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.addQuietly();
  }

  /** Adds what this process has counted since it last did. One call after the other: nothing is added twice. */
  add(): Promise<void> {
    const mine = this.adding.then(() => this.addGrowth());
    this.adding = mine.catch(() => undefined);
    return mine;
  }

  /** The sums of a rule's last minutes; the minute that has begun is one of them. */
  async sums(rule: string, { minutes }: CountedMeasure): Promise<WindowSum[]> {
    const rows = await this.database.query<WindowSum>(
      `select labels, coalesce(sum(count) filter (where part = 'part'), 0)::float8 as part,
         coalesce(sum(count) filter (where part = 'whole'), 0)::float8 as whole
       from alert_count where rule = $1 and minute > now() - make_interval(mins => $2) group by labels`,
      [rule, minutes],
    );
    return rows;
  }

  async purge(): Promise<void> {
    await this.database.query(`delete from alert_count where minute < now() - make_interval(hours => ${KEPT_HOURS})`);
  }

  private async addQuietly(): Promise<void> {
    try {
      await this.add();
    } catch (error) {
      this.logger.warn(`What was counted is added later: ${errorLine(error)}`);
    }
  }

  private async addGrowth(): Promise<void> {
    const counts = await this.counted();
    const growth = [...counts]
      .map(([key, { count, ...of }]) => ({ ...of, key, count: count - (this.added.get(key) ?? 0) }))
      .filter(({ count }) => count > 0)
      .toSorted((one, other) => (one.key < other.key ? -1 : 1)); // so that no two processes wait for each other
    if (growth.length === 0) return;
    await this.database.query(
      `insert into alert_count as counted (minute, rule, part, labels, count)
       select date_trunc('minute', clock_timestamp()), rule, part, labels, count
       from jsonb_to_recordset($1::jsonb) as grown (rule text, part text, labels jsonb, count bigint)
       on conflict (minute, rule, part, labels) do update set count = counted.count + excluded.count`,
      [JSON.stringify(growth)],
    );
    for (const [key, { count }] of counts) this.added.set(key, count);
  }

  /** All that this process has counted since it started, by rule, part and labels. */
  private async counted(): Promise<ReadonlyMap<string, Count>> {
    const counts = new Map<string, Count>();
    for (const { name: rule, measure } of RULES) {
      if (measure.kind === 'gauge') continue;
      for (const [part, counted] of countedBy(measure)) {
        for (const { labels, count } of await this.read(counted, measure.by)) {
          const key = `${rule} ${part} ${labelKey(labels)}`;
          counts.set(key, { rule, part, labels, count: count + (counts.get(key)?.count ?? 0) });
        }
      }
    }
    return counts;
  }

  private async read(
    { metric: name, where = {}, aboveSeconds }: Counted,
    by: readonly string[],
  ): Promise<{ labels: LabelSet; count: number }[]> {
    const read = await Promise.all(
      metricsNamed(name).map(async ({ metric, labels: named }) =>
        (await this.metrics.totals(metric)).flatMap(({ labels = {}, value }) => {
          const all: Readonly<Record<string, string | number>> = labels;
          if (Object.entries(where).some(([label, wanted]) => all[label] !== wanted)) return [];
          const sign = aboveSeconds === undefined ? 1 : signOf(all['le'], aboveSeconds);
          const own = Object.fromEntries(by.map((label) => [label, String(all[label])]));
          return sign === 0 ? [] : [{ labels: { ...named, ...own }, count: sign * value }];
        }),
      ),
    );
    return read.flat();
  }
}

/** Observations above a bound are all of them without those up to it. */
function signOf(bound: string | number | undefined, aboveSeconds: number): number {
  if (bound === '+Inf') return 1;
  return bound === aboveSeconds ? -1 : 0;
}
