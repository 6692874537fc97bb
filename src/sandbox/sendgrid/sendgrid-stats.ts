/** SendGrid: the statistics of an account by day. */
import { booksOf, dayOf, daysBetween } from '../books.js';
import type { Sandbox } from '../sandbox.js';
import type { WireAnswer } from '../wire.js';
import type { SendGridAccount } from './sendgrid-accounts.js';
import { sendGridJson, sendGridRefusal } from './sendgrid-errors.js';

const DAY = /^\d{4}-\d\d-\d\d$/;

export class SendGridStats {
  constructor(private readonly sandbox: Pick<Sandbox, 'record'>) {}

  /** All days of the range, zeros too. Rejects a range without a beginning with 400. */
  byDay({ id }: SendGridAccount, query: Readonly<Record<string, string | undefined>>): WireAnswer {
    const { start_date: from = '', end_date: to = new Date().toISOString().slice(0, 10) } = query;
    if (!DAY.test(from) || !DAY.test(to)) {
      throw sendGridRefusal(400, [{ field: 'start_date', message: 'A date must be in the form YYYY-MM-DD' }]);
    }
    const emails = booksOf(this.sandbox, 'sendgrid', id);
    const days = daysBetween(from, to).map((date) => {
      const statuses = emails.filter((email) => dayOf(email) === date).map(({ status }) => status);
      const count = (...wanted: string[]): number => statuses.filter((status) => wanted.includes(status)).length;
      const metrics = {
        requests: statuses.length,
        processed: statuses.length - count('suppressed'),
        delivered: count('delivered', 'complained'),
        bounces: count('bounced'),
        bounce_drops: count('suppressed'),
        blocks: 0,
        spam_reports: count('complained'),
      };
      return { date, stats: [{ metrics }] };
    });
    return sendGridJson(200, days);
  }
}
