/** Plivo's list of messages by day, and what it says of one: its state, units and price. */
import { at, stringAt } from '../../kernel/index.js';
import { outcomeOfNoAnswer } from '../network.errors.js';
import type { Price, ProviderEvent } from '../provider.events.js';
import type { ProviderRecord, RecordPage } from '../provider.records.js';
import type { PlivoClient } from './plivo.client.js';
import { DELIVERY_STATUSES, numberOf, plivoPrice, plivoStatus } from './plivo.statuses.js';
import { codeOf, messagesIn, PAGE, timeText } from './plivo.traces.js';

/** Twenty messages, newest first. `from` is an offset: what is sent later moves it, so the day is to be over. */
export async function plivoRecords(client: PlivoClient, day: string, from = '0'): Promise<RecordPage> {
  const query = {
    message_direction: 'outbound',
    message_time__gte: timeText(new Date(day)),
    message_time__lte: timeText(new Date(`${day}T23:59:59Z`)),
    limit: String(PAGE),
    offset: from,
  };
  const answer = await client({ method: 'GET', path: 'Message/', query }).catch((error: unknown) => {
    throw new Error(`Plivo's list was not read: ${outcomeOfNoAnswer(error).code}`, { cause: error });
  });
  const messages = messagesIn(answer);
  const next = messages.length < PAGE ? {} : { next: String(Number(from) + PAGE) };
  return { records: messages.flatMap(recordOf), ...next };
}

/** What a callback would have reported of a fetched or listed message; `messageId` is ours, if known. */
export function eventOf(
  message: unknown,
  messageId?: string,
  uuid = stringAt(message, 'message_uuid') ?? '',
): ProviderEvent {
  return plivoStatus({
    uuid,
    messageUuid: uuid,
    word: stringAt(message, 'message_state') ?? '',
    messageId,
    to: stringAt(message, 'to_number') ?? '',
    code: codeOf(message),
    price: priceOf(message),
  });
}

/** Nothing of channels that are not spoken through Plivo here. */
function recordOf(message: unknown): ProviderRecord[] {
  const channel = stringAt(message, 'message_type') ?? 'sms';
  if (channel !== 'sms' && channel !== 'mms') return [];
  const price = priceOf(message);
  return [
    {
      providerMessageId: stringAt(message, 'message_uuid') ?? '',
      channel,
      to: numberOf(stringAt(message, 'to_number') ?? ''),
      sentAt: new Date(stringAt(message, 'message_time') ?? NaN),
      status: DELIVERY_STATUSES.get(stringAt(message, 'message_state') ?? '') ?? 'sent',
      ...(channel === 'sms' ? { segments: Number(at(message, 'units')) } : {}),
      ...(price ? { price } : {}),
      event: eventOf(message),
    },
  ];
}

const priceOf = (message: unknown): Price | undefined => plivoPrice(stringAt(message, 'total_amount'));
