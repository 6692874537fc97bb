/** SendGrid's statistics by day. */
import { at, listAt, stringAt } from '../../kernel/index.js';
import { outcomeOfNoAnswer } from '../network.errors.js';
import type { Days, UsageTotal } from '../provider.records.js';
import type { SendGridClient } from './sendgrid.client.js';
import { outcomeOfSendGridError } from './sendgrid.errors.js';

/** Rejects with a reason if SendGrid does not answer, or the key lacks the scope `stats.read`. */
export async function sendGridUsage(client: SendGridClient, { from, to }: Days): Promise<UsageTotal[]> {
  const path = `/v3/stats?start_date=${from}&end_date=${to}&aggregated_by=day`;
  const answer = await client.get(path).catch((error: unknown) => {
    throw new Error(`SendGrid's statistics were not read: ${outcomeOfNoAnswer(error).code}`, { cause: error });
  });
  if (answer.status !== 200 || !Array.isArray(answer.body)) {
    throw new Error(`SendGrid's statistics were not read: ${outcomeOfSendGridError(answer).code}`);
  }
  return answer.body.flatMap(totalOf);
}

/** SendGrid lists all days, with zeros. */
function totalOf(entry: unknown): UsageTotal[] {
  const day = stringAt(entry, 'date')?.slice(0, 10);
  const counts = listAt(entry, 'stats').map((each) => at(each, 'metrics'));
  const sum = (name: string): number => counts.reduce<number>((total, each) => total + Number(at(each, name) ?? 0), 0);
  const messages = sum('requests');
  if (day === undefined || !(messages > 0)) return [];
  return [
    {
      day,
      channel: 'email',
      messages,
      delivered: sum('delivered'),
      bounced: sum('bounces') + sum('blocks'),
      complained: sum('spam_reports'),
    },
  ];
}
