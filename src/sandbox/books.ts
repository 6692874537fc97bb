/** The providers' own books: what an account sent on a day, as each lists and counts it. */
import type { Sandbox } from './sandbox.js';
import type { RecordedMessage } from './message-record.js';

const DAY_MS = 86_400_000;

/** When the message was sent or, until then, accepted. */
export const sentAtOf = ({ sentAt, acceptedAt }: RecordedMessage): Date => sentAt ?? acceptedAt;

export const dayOf = (message: RecordedMessage): string => sentAtOf(message).toISOString().slice(0, 10);

/** What an account sent, newest first, but for what the provider has lost. */
export const booksOf = (
  { record }: Pick<Sandbox, 'record'>,
  provider: RecordedMessage['provider'],
  accountId: string,
): RecordedMessage[] =>
  [...record.newestFirst()]
    .map(({ message }) => message)
    .filter((message) => message.provider === provider && message.accountId === accountId && !message.isLost);

/** The days from one to another in UTC, both included; none where they are no days, and no more than a year. */
export function daysBetween(from: string, to: string): string[] {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const count = Math.min(Math.floor((last - first) / DAY_MS) + 1, 366);
  return Array.from({ length: count > 0 ? count : 0 }, (_, place) =>
    new Date(first + place * DAY_MS).toISOString().slice(0, 10),
  );
}

/** Micros as decimal text with five decimals or, where that is not exact, six. */
export function amountOf(micros: number): string {
  const digits = String(micros).padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6).replace(/0$/, '')}`;
}
