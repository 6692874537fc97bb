/** The reports: which rows each adds up, and what it says of them. */
import { AMOUNTS, USAGE } from '../billing/index.js';
import { FAILURE_DIMENSIONS, LATENCY_DIMENSIONS, USAGE_DIMENSIONS, type DimensionName } from './report-dimensions.js';
import { PERCENTILES, percentile, type Histogram } from './latency.rules.js';
import { microsEach, rate } from './rates.rules.js';

/** Parts of a statement that adds up rows: an expression and a name for each thing that it is broken down by. */
export interface Grouping {
  readonly keys: readonly string[];
  readonly names: readonly string[];
  /** A condition on rows. */
  readonly where: string;
}

/** A column of the CSV: a path into a row, and what is above it. */
export type Column = readonly [path: string, header: string];

export interface Report {
  readonly dimensions: readonly DimensionName[];
  /** What it is broken down by where nothing is said. */
  readonly usual: readonly DimensionName[];
  /** The consumer of events that writes what it reads. */
  readonly consumer: 'usage' | 'reports';
  /** SQL: the sums of each group. */
  sums(grouping: Grouping): string;
  /** SQL: whether sums are worth a line. */
  readonly isShown: string;
  /** What the sums say; of what messages cost only to the operator. */
  figures(row: SumsRow, isOperator: boolean): Readonly<Record<string, unknown>>;
  columns(isOperator: boolean): readonly Column[];
  /** The rows of CSV that a line is, if not one. */
  rows?(line: Readonly<Record<string, unknown>>): readonly object[];
}

/** Every report takes its own columns. */
export type SumsRow = Readonly<Record<string, unknown>>;

export const REPORT_NAMES = ['delivery', 'engagement', 'cost', 'failures', 'latency'] as const;
export type ReportName = (typeof REPORT_NAMES)[number];

const groupBy = (names: readonly string[]): string => (names.length > 0 ? `group by ${names.join(', ')}` : '');
const places = ({ keys }: Grouping, more: readonly number[] = []): string =>
  groupBy([...keys.map((_, place) => String(place + 1)), ...more.map((place) => String(keys.length + place))]);
const list = (columns: readonly string[]): string => columns.map((column) => `${column}, `).join('');

const sumOf = (column: string): string => `coalesce(sum(${column}), 0)::float8 as ${column}`;

function countsOf<Name extends string>(row: SumsRow, names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, Number(row[name])])) as Record<Name, number>;
}

const usageSums =
  (counts: readonly string[]) =>
  (grouping: Grouping): string =>
    `select ${list(grouping.keys)}${counts.map(sumOf).join(', ')} from ${USAGE} as usage where ${grouping.where} ${places(grouping)}`;
const anyOf = (counts: readonly string[]): string => counts.map((name) => `${name} <> 0`).join(' or ');

const DELIVERY = ['messages', 'segments', 'delivered', 'failed', 'stopped'] as const;
const delivery: Report = {
  dimensions: USAGE_DIMENSIONS,
  usual: ['day'],
  consumer: 'usage',
  sums: usageSums(DELIVERY),
  isShown: anyOf(DELIVERY),
  figures: (row) => {
    const counts = countsOf(row, DELIVERY);
    const { messages, delivered, failed } = counts;
    return { ...counts, deliveryRate: rate(delivered, messages), failureRate: rate(failed, delivered + failed) };
  },
  columns: () => [
    ...DELIVERY.map((name) => [name, name] as const),
    ['deliveryRate', 'delivery_rate'],
    ['failureRate', 'failure_rate'],
  ],
};

const ENGAGED = ['delivered', 'opened', 'clicked', 'answered'] as const;
const MORE_ENGAGEMENT =
  'openRate clickRate clickToOpenRate answerRate read unsubscribed unsubscribeRate machineOpened machineClicked'.split(
    ' ',
  );
const asColumn = (name: string): Column => [name, name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
const ENGAGEMENT = [...ENGAGED, 'read', 'unsubscribed', 'machine_opened', 'machine_clicked'] as const;
const engagement: Report = {
  dimensions: USAGE_DIMENSIONS,
  usual: ['day'],
  consumer: 'usage',
  sums: usageSums(ENGAGEMENT),
  isShown: anyOf(ENGAGEMENT),
  figures: (row) => {
    const { delivered, opened, clicked, answered, read, unsubscribed, ...byMachines } = countsOf(row, ENGAGEMENT);
    return {
      delivered,
      opened,
      clicked,
      answered,
      openRate: rate(opened, delivered),
      clickRate: rate(clicked, delivered),
      clickToOpenRate: rate(clicked, opened),
      answerRate: rate(answered, delivered),
      read,
      unsubscribed,
      unsubscribeRate: rate(unsubscribed, delivered),
      machineOpened: byMachines.machine_opened,
      machineClicked: byMachines.machine_clicked,
    };
  },
  columns: () => [...ENGAGED, ...MORE_ENGAGEMENT].map(asColumn),
};

interface Sum {
  readonly side: 'charge' | 'cost';
  readonly currency: string;
  readonly micros: string;
  /** Of what was sent. */
  readonly sent: string;
}
/** An amount in one currency. */
interface Amount {
  readonly currency: string;
  readonly micros: number;
  readonly perDeliveredMicros: number | null;
}

/** Amounts of messages: a number's rent and credits are of none. */
const AMOUNTS_OF_MESSAGES = `kind not in ('rent', 'credit')`;
const amountSums = (grouping: Grouping): string => `
  select ${list(grouping.names)}one.side, one.currency, 0, 0, 0, one.micros, one.sent, one.without_charge, one.without_cost
  from (
    select ${list(grouping.keys)}charge_currency, cost_currency, sum(charge_micros) as charge_micros, sum(cost_micros) as cost_micros,
      sum(charge_micros) filter (where direction = 'outbound') as charge_sent, sum(cost_micros) filter (where direction = 'outbound') as cost_sent,
      sum(without_charge) as without_charge, sum(without_cost) as without_cost
    from ${AMOUNTS} as amount where ${grouping.where} and ${AMOUNTS_OF_MESSAGES} ${places(grouping, [1, 2])}
  ) as amount
  cross join lateral (
    values ('charge', charge_currency, charge_micros, charge_sent, without_charge, 0),
      ('cost', cost_currency, cost_micros, cost_sent, 0, without_cost)
  ) as one (side, currency, micros, sent, without_charge, without_cost)`;

const cost: Report = {
  dimensions: USAGE_DIMENSIONS,
  usual: ['day'],
  consumer: 'usage',
  sums: (grouping) => `
    select ${list(grouping.names)}${['messages', 'delivered', 'received', 'without_charge', 'without_cost'].map(sumOf).join(', ')},
      coalesce(jsonb_agg(jsonb_build_object('side', side, 'currency', currency, 'micros', micros::text, 'sent', coalesce(sent, 0)::text) order by currency)
        filter (where currency is not null), '[]') as amounts
    from (
      select ${list(grouping.names)}side, currency, sum(messages) as messages, sum(delivered) as delivered, sum(received) as received,
        sum(micros) as micros, sum(sent) as sent, sum(without_charge) as without_charge, sum(without_cost) as without_cost
      from (
        select ${list(grouping.keys)}null as side, null as currency, sum(messages) as messages, sum(delivered) as delivered,
          sum(received) as received, 0 as micros, 0 as sent, 0 as without_charge, 0 as without_cost
        from ${USAGE} as usage where ${grouping.where} ${places(grouping)}
        union all ${amountSums(grouping)}
      ) as side ${groupBy([...grouping.names, 'side', 'currency'])}
    ) as part ${groupBy(grouping.names)}`,
  isShown: `messages <> 0 or delivered <> 0 or received <> 0 or amounts <> '[]'`,
  figures: (row, isOperator) => {
    const counts = countsOf(row, ['messages', 'delivered', 'received']);
    const of = (wanted: Sum['side']): Amount[] =>
      (row['amounts'] as readonly Sum[])
        .filter(({ side }) => side === wanted)
        .map(({ currency, micros, sent }) => ({
          currency,
          micros: Number(micros),
          perDeliveredMicros: microsEach(BigInt(sent), counts.delivered),
        }));
    const charges = { charges: of('charge'), withoutCharge: Number(row['without_charge']) };
    if (!isOperator) return { ...counts, ...charges };
    return { ...counts, ...charges, costs: of('cost'), withoutCost: Number(row['without_cost']) };
  },
  columns: (isOperator) => [
    ['messages', 'messages'],
    ['delivered', 'delivered'],
    ['received', 'received'],
    ['currency', 'currency'],
    ['charge.micros', 'charge_micros'],
    ['charge.perDeliveredMicros', 'charge_per_delivered_micros'],
    ['withoutCharge', 'without_charge'],
    ...(isOperator
      ? ([
          ['cost.micros', 'cost_micros'],
          ['cost.perDeliveredMicros', 'cost_per_delivered_micros'],
          ['withoutCost', 'without_cost'],
        ] as const)
      : []),
  ],
  rows: (line) => {
    const { charges, costs = [] } = line as { charges: readonly Amount[]; costs?: readonly Amount[] };
    const currencies = [...new Set([...charges, ...costs].map(({ currency }) => currency))].toSorted();
    const inIt = (amounts: readonly Amount[], wanted: string): Amount | undefined =>
      amounts.find(({ currency }) => currency === wanted);
    if (currencies.length === 0) return [line];
    return currencies.map((currency) => ({
      ...line,
      currency,
      charge: inIt(charges, currency),
      cost: inIt(costs, currency),
    }));
  },
};

const failures: Report = {
  dimensions: FAILURE_DIMENSIONS,
  usual: ['kind', 'reason', 'code'],
  consumer: 'reports',
  sums: (grouping) =>
    `select ${list(grouping.keys)}${sumOf('messages')} from failure_rollup as failure where ${grouping.where} ${places(grouping)}`,
  isShown: anyOf(['messages']),
  figures: (row) => countsOf(row, ['messages']),
  columns: () => [['messages', 'messages']],
};

type Bucket = readonly [measure: string, bucket: number, count: number];

const latency: Report = {
  dimensions: LATENCY_DIMENSIONS,
  usual: ['day'],
  consumer: 'reports',
  sums: (grouping) => `
    select ${list(grouping.names)}
      coalesce(jsonb_agg(jsonb_build_array(measure, bucket, messages)) filter (where messages is not null), '[]') as buckets
    from (
      select ${list(grouping.keys)}measure, bucket, sum(messages) as messages
      from latency_rollup as latency where ${grouping.where} ${places(grouping, [1, 2])}
    ) as part ${groupBy(grouping.names)}`,
  isShown: `buckets <> '[]'`,
  figures: (row) => {
    const of = (wanted: string): Record<string, number | null> => {
      const histogram: Histogram = (row['buckets'] as readonly Bucket[])
        .filter(([measure]) => measure === wanted)
        .map(([, bucket, count]) => [bucket, count]);
      return {
        messages: histogram.reduce((sum, [, count]) => sum + count, 0),
        ...Object.fromEntries(PERCENTILES.map((percent) => [`p${percent}Ms`, percentile(histogram, percent)])),
      };
    };
    return { toProvider: of('provider'), toDelivery: of('delivery') };
  },
  columns: () =>
    [
      ['toProvider', 'to_provider'],
      ['toDelivery', 'to_delivery'],
    ].flatMap(([path, header]) => [
      [`${path}.messages`, `${header}_messages`] as const,
      ...PERCENTILES.map((percent) => [`${path}.p${percent}Ms`, `${header}_p${percent}_ms`] as const),
    ]),
};

export const REPORTS: Readonly<Record<ReportName, Report>> = { delivery, engagement, cost, failures, latency };
