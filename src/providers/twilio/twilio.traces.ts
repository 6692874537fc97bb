/** What Twilio has of the messages to one person, by its own list. */
import type { Twilio } from 'twilio';
import type { MessageInstance } from 'twilio/lib/rest/api/v2010/account/message.js';
import type { Envelope, Trace } from '../provider.port.js';
import { DELIVERY_STATUSES } from './twilio.statuses.js';

const PAGE = 100;
/** Nobody gets so many texts from one sender in the days that are looked at. */
const MOST_PAGES = 20;

/** Newest first, back to `since`. Rejects as the SDK does, or when there are too many. */
export async function tracesOf(
  client: Twilio,
  { channel, from, to }: Pick<Envelope, 'channel' | 'from' | 'to'>,
  since: Date,
): Promise<Trace[]> {
  const prefix = channel === 'whatsapp' ? 'whatsapp:' : '';
  const isService = from.startsWith('MG');
  const traces: Trace[] = [];
  // Not by date: Twilio's filter is by the day of sending, which what still waits there does not have.
  let page = await client.messages.page({
    to: prefix + to,
    pageSize: PAGE,
    ...(isService ? {} : { from: prefix + from }),
  });
  for (let pages = 1; ; pages += 1) {
    const recent = page.instances.filter(({ dateCreated }) => dateCreated >= since);
    traces.push(
      ...recent.filter((one) => isOutbound(one) && (!isService || one.messagingServiceSid === from)).map(traceOf),
    );
    if (recent.length < page.instances.length || page.nextPageUrl === undefined) return traces;
    if (pages === MOST_PAGES) throw new Error('There are more messages to this recipient than can be looked through');
    page = await client.messages.getPage(page.nextPageUrl);
  }
}

const isOutbound = ({ direction }: MessageInstance): boolean => direction !== 'inbound';

function traceOf({ sid, dateCreated, body, status, errorCode }: MessageInstance): Trace {
  return {
    providerMessageId: sid,
    createdAt: dateCreated,
    ...(body ? { body } : {}),
    status: DELIVERY_STATUSES.get(status) ?? 'sent', // queued, accepted, scheduled, sending: Twilio has it
    ...(errorCode ? { code: String(errorCode) } : {}),
  };
}
