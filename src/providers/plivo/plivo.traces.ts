/** Plivo's list of messages, which can be filtered by time and not by number. */
import { at, listAt, stringAt } from '../../kernel/index.js';
import type { Envelope, Period, Trace } from '../provider.port.js';
import { PLIVO_CODES } from './plivo.errors.js';
import type { PlivoAnswer, PlivoClient } from './plivo.client.js';
import { DELIVERY_STATUSES, numberOf } from './plivo.statuses.js';

/** Plivo gives no more at a time. */
export const PAGE = 20;
const MOST_PAGES = 150;
/** How soon the list has a message is not documented: it is taken for complete this long after the period. */
const COMPLETE_AFTER_MS = 10 * 60_000;

/** Rejects if Plivo does not answer, if there are too many, or if the list may not be complete yet. */
export async function tracesOf(
  client: PlivoClient,
  { from, to }: Pick<Envelope, 'from' | 'to'>,
  { since, until }: Period,
): Promise<Trace[]> {
  if (Date.now() - until.getTime() < COMPLETE_AFTER_MS) throw new Error('Plivo’s list may not be complete yet');
  const query = {
    message_direction: 'outbound',
    message_time__gte: timeText(since),
    message_time__lte: timeText(until),
  };
  const traces: Trace[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const offset = page * PAGE;
    const answer = await client({
      method: 'GET',
      path: 'Message/',
      query: { ...query, limit: String(PAGE), offset: String(offset) },
    });
    const messages = messagesIn(answer);
    traces.push(...messages.filter((each) => isBetween(each, from, to)).map(traceOf));
    if (messages.length < PAGE) return traces;
  }
  throw new Error('There are more messages in this period than can be looked through');
}

/** Rejects if the response is not a list. */
export function messagesIn({ status, body }: PlivoAnswer): readonly unknown[] {
  if (status !== 200 || !Array.isArray(at(body, 'objects')))
    throw new Error(`Plivo's list was not read: http-${status}`);
  return listAt(body, 'objects');
}

const isBetween = (message: unknown, from: string, to: string): boolean =>
  numberOf(stringAt(message, 'from_number') ?? '') === from && numberOf(stringAt(message, 'to_number') ?? '') === to;

/** Plivo's list has no texts. */
function traceOf(message: unknown): Trace {
  const code = codeOf(message);
  const words = code === undefined ? undefined : PLIVO_CODES[code];
  return {
    providerMessageId: stringAt(message, 'message_uuid') ?? '',
    createdAt: new Date(stringAt(message, 'message_time') ?? NaN),
    status: DELIVERY_STATUSES.get(stringAt(message, 'message_state') ?? '') ?? 'sent',
    ...(code === undefined ? {} : { code, ...(words === undefined ? {} : { message: words }) }),
  };
}

/** The error code of a message; a text, a number, or `000` where there is none. */
export function codeOf(message: unknown): string | undefined {
  const given = at(message, 'error_code');
  const code = typeof given === 'number' ? String(given) : typeof given === 'string' ? given.replace(/^0+/, '') : '';
  return code === '' || code === '0' ? undefined : code;
}

/** UTC, as `2026-11-29 10:30:00`. */
export const timeText = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ');
