/** Calls through Twilio: making one, and what Twilio says of it. */
import type { Twilio } from 'twilio';
import type { CallInstance, CallListInstanceCreateOptions } from 'twilio/lib/rest/api/v2010/account/call.js';
import type { DeliveryStatus, Price, ProviderEvent } from '../provider.events.js';
import type { Envelope, Period, Trace } from '../provider.port.js';
import { priceKey } from '../provider.records.js';
import { isMachine } from './twilio.speech.js';
import { twilioPrice } from './twilio.statuses.js';

/** Twilio lets it ring as long: about as long as a person needs, and less than most mailboxes take to answer. */
const RING_SECONDS = 30;
const PAGE = 100;
/** Nobody is called this often from one number in the period searched. */
const MOST_PAGES = 20;

/** Codes of calls that reached nobody. */
export const CALL_FAULTS: readonly string[] = [
  'busy',
  'no-answer',
  'failed',
  'canceled',
  'fax',
  'machine',
  'machine_start',
  'machine_end_beep',
  'machine_end_silence',
  'machine_end_other',
];

/** What a call is made with; `speech` and `callback` are our addresses. */
export const callTo = (
  { from, to }: Pick<Envelope, 'from' | 'to'>,
  { speech, callback }: { readonly speech: string; readonly callback: string },
): CallListInstanceCreateOptions => ({
  from,
  to,
  url: speech,
  method: 'POST',
  timeout: RING_SECONDS,
  machineDetection: 'Enable',
  statusCallback: callback,
  statusCallbackMethod: 'POST',
  statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
});

/** Twilio's report about a call, in a callback or when polled. */
interface Said {
  readonly sid: string;
  readonly word: string;
  /** Ours, if known. */
  readonly messageId: string | undefined;
  readonly to: string;
  readonly answeredBy: string | undefined;
  /** In seconds. */
  readonly duration: string | undefined;
  readonly sipCode: string | undefined;
  readonly occurredAt: Date | undefined;
  /** Never in a callback. */
  readonly price?: Price | undefined;
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['busy', 'The line was busy.'],
  ['no-answer', 'Nobody answered.'],
  ['canceled', 'The call was canceled before it was answered.'],
  ['failed', 'The call could not be connected.'],
]);

/**
 * The same event, under the same key, however Twilio has reported it; another one where it says the price. A call that a machine
 * answered reached nobody.
 */
export function twilioCall({ sid, word, messageId, to, occurredAt, ...said }: Said): ProviderEvent {
  const dedupeKey = `${sid}:${word}${messageId ? '' : ':looked-up'}${priceKey(said.price)}`;
  const status = statusOf(word, said.answeredBy);
  if (!status) return { kind: 'ignored', dedupeKey, type: word };
  const seconds = WORDS.has(word) ? 0 : Number(said.duration);
  return {
    kind: 'status',
    dedupeKey,
    ...(occurredAt ? { occurredAt } : {}),
    providerMessageId: sid,
    status,
    ...(messageId ? { messageId } : to ? { lookup: { providerMessageId: sid, to } } : {}),
    ...(status === 'delivered' ? {} : reasonOf(word, said)),
    call: {
      ...(said.answeredBy === undefined ? {} : { answeredBy: said.answeredBy }),
      ...(Number.isInteger(seconds) && seconds >= 0 ? { durationSeconds: seconds } : {}),
    },
    ...(said.price ? { price: said.price } : {}),
  };
}

/** Undefined while the call is under way. */
function statusOf(word: string, answeredBy: string | undefined): DeliveryStatus | undefined {
  switch (word) {
    case 'completed':
      return isMachine(answeredBy) ? 'undelivered' : 'delivered';
    case 'busy':
    case 'no-answer':
      return 'undelivered';
    case 'failed':
    case 'canceled':
      return 'failed';
    default:
      return undefined;
  }
}

function reasonOf(
  word: string,
  { answeredBy, sipCode }: Pick<Said, 'answeredBy' | 'sipCode'>,
): { readonly code: string; readonly message: string } {
  if (word === 'completed') return { code: answeredBy ?? 'machine', message: 'A machine answered.' };
  const message = WORDS.get(word) ?? word;
  return word === 'failed' && sipCode ? { code: `sip-${sipCode}`, message } : { code: word, message };
}

/** The current state of a call, as its callback would have reported it. */
export const callReport = async (client: Twilio, sid: string, messageId: string): Promise<ProviderEvent> =>
  eventOfCall(await client.calls(sid).fetch(), messageId);

/** The same of a call that was fetched or listed; `messageId` is ours, if known. */
export function eventOfCall(
  { sid, status, to, answeredBy, duration, price, priceUnit }: CallInstance,
  messageId?: string,
): ProviderEvent {
  return twilioCall({
    sid,
    word: status,
    messageId,
    to,
    answeredBy: answeredBy || undefined,
    duration: duration || undefined,
    sipCode: undefined,
    occurredAt: undefined,
    price: twilioPrice(price, priceUnit),
  });
}

/** All calls between two numbers since a time, newest first. Rejects as the SDK does, or when there are too many. */
export async function callTraces(
  client: Twilio,
  { from, to }: Pick<Envelope, 'from' | 'to'>,
  { since }: Period,
): Promise<Trace[]> {
  const traces: Trace[] = [];
  let page = await client.calls.page({ from, to, pageSize: PAGE });
  for (let pages = 1; ; pages += 1) {
    const recent = page.instances.filter(({ dateCreated }) => dateCreated >= since);
    traces.push(...recent.filter(({ direction }) => direction !== 'inbound').map(traceOf));
    if (recent.length < page.instances.length || page.nextPageUrl === undefined) return traces;
    if (pages === MOST_PAGES) throw new Error('There are more calls to this person than can be looked through');
    page = await client.calls.getPage(page.nextPageUrl);
  }
}

const traceOf = (call: CallInstance): Trace => ({
  providerMessageId: call.sid,
  createdAt: call.dateCreated,
  status: statusOfCall(call),
});

/** Queued, ringing, in progress: Twilio has it. */
export const statusOfCall = ({ status, answeredBy }: CallInstance): DeliveryStatus =>
  statusOf(status, answeredBy || undefined) ?? 'sent';
