/** Twilio's own books: the messages and calls of a day, and its Usage Records. */
import type { Twilio } from 'twilio';
import type { CallInstance } from 'twilio/lib/rest/api/v2010/account/call.js';
import type { MessageInstance } from 'twilio/lib/rest/api/v2010/account/message.js';
import type { DailyInstance } from 'twilio/lib/rest/api/v2010/account/usage/record/daily.js';
import type { Channel } from '../channels.js';
import type { ProviderEvent } from '../provider.events.js';
import { readPrice, type Days, type ProviderRecord, type RecordPage, type UsageTotal } from '../provider.records.js';
import { eventOfCall, statusOfCall } from './twilio.calls.js';
import { DELIVERY_STATUSES, plain, twilioPrice, twilioStatus } from './twilio.statuses.js';

/** Twilio gives no more at a time. */
const PAGE = 1_000;
/** A day's calls follow its messages. */
const CALLS = 'calls:';
/** Of Twilio's categories, many of which are parts of others. Of these no two overlap. */
const CATEGORIES: ReadonlyMap<string, Pick<UsageTotal, 'channel' | 'direction'>> = new Map([
  ['sms-outbound', { channel: 'sms' }],
  ['mms-outbound', { channel: 'mms' }],
  ['channels-whatsapp-outbound', { channel: 'whatsapp' }],
  ['calls-outbound', { channel: 'voice' }],
  ['sms-inbound', { channel: 'sms', direction: 'inbound' }],
  ['mms-inbound', { channel: 'mms', direction: 'inbound' }],
  ['channels-whatsapp-inbound', { channel: 'whatsapp', direction: 'inbound' }],
]);

/** The newest first, the messages before the calls. Twilio filters by the day of sending, in UTC. Rejects as the SDK does. */
export async function twilioRecords(client: Twilio, day: string, from?: string): Promise<RecordPage> {
  if (from?.startsWith(CALLS)) return callsOf(client, day, from.slice(CALLS.length));
  const page =
    from === undefined
      ? await client.messages.page({ dateSent: new Date(day), pageSize: PAGE })
      : await client.messages.getPage(from);
  return { records: page.instances.flatMap(recordOfMessage), next: page.nextPageUrl ?? CALLS };
}

async function callsOf(client: Twilio, day: string, from: string): Promise<RecordPage> {
  const page =
    from === ''
      ? await client.calls.page({ startTime: new Date(day), pageSize: PAGE })
      : await client.calls.getPage(from);
  const records = page.instances.filter(({ direction }) => direction !== 'inbound').map(recordOfCall);
  return { records, ...(page.nextPageUrl === undefined ? {} : { next: CALLS + page.nextPageUrl }) };
}

/** The current state of a message, as its callback would have reported it. Rejects as the SDK does. */
export const messageReport = async (client: Twilio, sid: string, messageId: string): Promise<ProviderEvent> =>
  eventOfMessage(await client.messages(sid).fetch(), messageId);

/** The totals by day and channel. Rejects as the SDK does. */
export async function twilioUsage(client: Twilio, { from, to }: Days): Promise<UsageTotal[]> {
  const totals: UsageTotal[] = [];
  const days = { startDate: new Date(from), endDate: new Date(to), includeSubaccounts: false, pageSize: PAGE };
  let page = await client.usage.records.daily.page(days);
  for (;;) {
    totals.push(...page.instances.flatMap(totalOf));
    if (page.nextPageUrl === undefined) return totals;
    page = await client.usage.records.daily.getPage(page.nextPageUrl);
  }
}

/** Twilio lists all categories, with zeros. A price is positive here, and typed as a number, but is the text of the response. */
function totalOf({ category, startDate, count, usage, price, priceUnit }: DailyInstance): UsageTotal[] {
  const traffic = CATEGORIES.get(category);
  const messages = Number(count);
  if (!traffic || !(messages > 0)) return [];
  const cost = readPrice(String(price), priceUnit);
  return [
    {
      day: startDate.toISOString().slice(0, 10),
      ...traffic,
      messages,
      ...(traffic.channel === 'sms' ? { segments: Number(usage) } : {}),
      ...(cost ? { price: cost } : {}),
    },
  ];
}

/** Nothing of channels that are not ours. */
function recordOfMessage(message: MessageInstance): ProviderRecord[] {
  const { sid, to, direction, status, dateSent, dateCreated, numSegments, price, priceUnit } = message;
  const isInbound = direction === 'inbound';
  const channel = channelOf(message);
  if (!channel) return [];
  const cost = twilioPrice(price, priceUnit);
  return [
    {
      providerMessageId: sid,
      channel,
      ...(isInbound && { direction }),
      to: plain(to),
      sentAt: dateSent ?? dateCreated,
      // Queued, accepted, sending: Twilio has it.
      status: isInbound ? 'delivered' : (DELIVERY_STATUSES.get(status) ?? 'sent'),
      ...(channel === 'sms' ? { segments: Number(numSegments) } : {}),
      ...(cost ? { price: cost } : {}),
      event: isInbound ? { kind: 'ignored', dedupeKey: `inbound:${sid}`, type: 'inbound' } : eventOfMessage(message),
    },
  ];
}

function recordOfCall(call: CallInstance): ProviderRecord {
  const { sid, to, startTime, dateCreated, price, priceUnit } = call;
  const cost = twilioPrice(price, priceUnit);
  return {
    providerMessageId: sid,
    channel: 'voice',
    to,
    sentAt: startTime ?? dateCreated,
    status: statusOfCall(call),
    ...(cost ? { price: cost } : {}),
    event: eventOfCall(call),
  };
}

function eventOfMessage(
  { sid, status, from, to, errorCode, errorMessage, price, priceUnit }: MessageInstance,
  messageId?: string,
): ProviderEvent {
  return twilioStatus({
    sid,
    word: status,
    messageId,
    from,
    to,
    code: errorCode ? String(errorCode) : undefined,
    message: errorMessage || undefined,
    price: twilioPrice(price, priceUnit),
  });
}

function channelOf({ to, numMedia }: MessageInstance): Channel | undefined {
  if (to.startsWith('whatsapp:')) return 'whatsapp';
  if (to.includes(':')) return undefined;
  return Number(numMedia) > 0 ? 'mms' : 'sms';
}
