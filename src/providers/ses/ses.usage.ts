/** What Amazon SES counted by day, as its Virtual Deliverability Manager tells it. */
import { BatchGetMetricDataCommand, type MetricDataResult, type SESv2Client } from '@aws-sdk/client-sesv2';
import type { Days, UsageTotal } from '../provider.records.js';

/** SES counts no email to its mailbox simulator. */
const METRICS = {
  messages: 'SEND',
  delivered: 'DELIVERY',
  bounced: 'PERMANENT_BOUNCE',
  complained: 'COMPLAINT',
} as const;
type Count = keyof typeof METRICS;
const COUNTS = Object.keys(METRICS) as Count[];

/** Rejects as the SDK does, and where the account keeps no such metrics. */
export async function sesUsage(client: SESv2Client, { from, to }: Days): Promise<UsageTotal[]> {
  // SES takes times, and each stands for the day that it is in.
  const period = { StartDate: new Date(from), EndDate: new Date(`${to}T23:59:59Z`) };
  const { Results = [], Errors = [] } = await client.send(
    new BatchGetMetricDataCommand({
      Queries: COUNTS.map((count) => ({ Id: count, Namespace: 'VDM', Metric: METRICS[count], ...period })),
    }),
  );
  const [error] = Errors;
  if (error) throw Object.assign(new Error(error.Message), { name: error.Code ?? 'no-code' });
  const days = new Map<string, Partial<Record<Count, number>>>();
  for (const result of Results) addTo(days, result);
  return [...days]
    .flatMap(([day, { messages = 0, ...others }]): UsageTotal[] =>
      messages > 0 ? [{ day, channel: 'email', messages, ...others }] : [],
    )
    .toSorted((one, other) => (one.day < other.day ? -1 : 1));
}

function addTo(
  days: Map<string, Partial<Record<Count, number>>>,
  { Id, Timestamps = [], Values = [] }: MetricDataResult,
): void {
  const count = COUNTS.find((each) => each === Id);
  if (count === undefined) return;
  for (const [place, at] of Timestamps.entries()) {
    const day = at.toISOString().slice(0, 10);
    const counts = days.get(day) ?? {};
    days.set(day, { ...counts, [count]: (counts[count] ?? 0) + (Values[place] ?? 0) });
  }
}
