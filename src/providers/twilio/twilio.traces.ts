/** Twilio's list of messages to one person. */
import { MESSAGING_SERVICE } from '../sender-kinds.js';
import type { Twilio } from 'twilio';
import type { MessageInstance } from 'twilio/lib/rest/api/v2010/account/message.js';
import type { Envelope, Trace } from '../provider.port.js';
import { DELIVERY_STATUSES } from './twilio.statuses.js';
import { wordsOf } from './twilio.words.js';

const PAGE = 100;
/** Nobody gets this many texts from one sender in the period searched. */
const MOST_PAGES = 20;

/** Newest first, back to `since`. Rejects as the SDK does, or when there are too many. */
export async function tracesOf(
  client: Twilio,
  { channel, from, to }: Pick<Envelope, 'channel' | 'from' | 'to'>,
  since: Date,
): Promise<Trace[]> {
  const prefix = channel === 'whatsapp' ? 'whatsapp:' : '';
  const isService = MESSAGING_SERVICE.test(from);
  const traces: Trace[] = [];
  // Not filtered by date: Twilio filters by the day of sending, which messages still waiting there do not have.
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

function traceOf({ sid, dateCreated, body, status, errorCode, errorMessage }: MessageInstance): Trace {
  return {
    providerMessageId: sid,
    createdAt: dateCreated,
    ...(body ? { body } : {}),
    status: DELIVERY_STATUSES.get(status) ?? 'sent', // queued, accepted, scheduled, sending: Twilio has it
    ...(errorCode ? { code: String(errorCode), ...wordsOf(String(errorCode), errorMessage) } : {}),
  };
}
