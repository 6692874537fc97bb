/** Amazon SES v2: BatchGetMetricData, of an account whose Virtual Deliverability Manager is on. */
import { at, listAt, stringAt } from '../../kernel/index.js';
import { booksOf, dayOf, daysBetween } from '../books.js';
import type { RecordedMessage } from '../message-record.js';
import type { Sandbox } from '../sandbox.js';
import type { WireAnswer } from '../wire.js';
import { keyOf, type Signers } from './ses-emails.js';
import { sesJson, sesRefusal } from './ses-errors.js';

const MOST_QUERIES = 10;
/** Emails to the mailbox simulator are not counted. */
const SIMULATOR = /@simulator\.amazonses\.com$/i;

/** Whether an email counts for a metric. */
const METRICS: Readonly<Record<string, (message: RecordedMessage) => boolean>> = {
  SEND: () => true,
  DELIVERY: ({ status }) => status === 'delivered' || status === 'complained',
  PERMANENT_BOUNCE: ({ status }) => status === 'bounced',
  COMPLAINT: ({ status }) => status === 'complained',
};

export class SesMetrics {
  constructor(private readonly sandbox: Pick<Sandbox, 'record'>) {}

  /** Days without any are left out. Rejects what is not a list of one to ten queries with BadRequestException. */
  batch(signers: Signers, body: unknown): WireAnswer {
    const queries = listAt(body, 'Queries');
    if (queries.length === 0 || queries.length > MOST_QUERIES) {
      throw sesRefusal('BadRequestException', 'The number of queries must be from 1 to 10.');
    }
    const emails = booksOf(this.sandbox, 'ses', keyOf(signers)).filter(({ to }) => !SIMULATOR.test(to));
    return sesJson({ Results: queries.map((query) => resultOf(query, emails)), Errors: [] });
  }
}

function resultOf(query: unknown, emails: readonly RecordedMessage[]): object {
  const counts = METRICS[stringAt(query, 'Metric') ?? ''];
  if (!counts || stringAt(query, 'Namespace') !== 'VDM') {
    throw sesRefusal('BadRequestException', 'The metric or its namespace is not supported.');
  }
  const [from, to] = ['StartDate', 'EndDate'].map((name) => dayAt(at(query, name)));
  const days = daysBetween(from ?? '', to ?? '')
    .map((day) => ({ day, count: emails.filter((email) => dayOf(email) === day && counts(email)).length }))
    .filter(({ count }) => count > 0);
  return {
    Id: stringAt(query, 'Id'),
    Timestamps: days.map(({ day }) => Date.parse(day) / 1_000),
    Values: days.map(({ count }) => count),
  };
}

/** The day of a time in seconds, as the SDK sends it. */
function dayAt(seconds: unknown): string {
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds * 1_000) || seconds < 0 || seconds > 4e9) {
    throw sesRefusal('BadRequestException', 'StartDate and EndDate must be times.');
  }
  return new Date(seconds * 1_000).toISOString().slice(0, 10);
}
