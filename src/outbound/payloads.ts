/** What an event says, as it is posted: read from its log when it is on its way, so that what is erased of a person is told to nobody. */
import { Inject, Injectable } from '@nestjs/common';
import { CONSENT_EVENTS, PUMPING_ALARMS } from '../consent/index.js';
import { mediaOfReceived, RECEIVED_TEXTS } from '../conversations/index.js';
import { CONFIG, Database, iso, type ReadyConfig } from '../kernel/index.js';
import { KNOWN_MESSAGES, MESSAGE_EVENTS, RECEIVED_MESSAGES } from '../ledger/index.js';
import { shownAddress } from '../tenants/index.js';
import type { Delivery } from './delivery.js';
import { CONTRACT_VERSION, isAboutConsent, isAboutPumping, type EventType } from './event-types.js';
import { exampleOf } from './payload-examples.js';
import type {
  ConsentEventData,
  EventData,
  EventPayload,
  MessageEventData,
  PumpingEventData,
  ReceivedMessageData,
} from './payloads.dto.js';

type Of<Data> = Data & { readonly delivery: string };
type MessageFact = Omit<Of<MessageEventData>, 'occurredAt' | 'from'> & {
  readonly occurredAt: string | null;
  readonly sender: string;
};

/** A status, where the event's kind is one. */
const NO_STATUS = `('deferred', 'fell_back', 'opened', 'clicked', 'answered')`;

/** `position` counts the events of the message up to this: a receiver that works on several at once can tell which is the later. */
const MESSAGE_DATA = `
  select delivery, message.id as "messageId", position, case when kind not in ${NO_STATUS} then kind end as status, event.channel, category,
    provider, provider_message_id as "providerMessageId", segments, reason, code as "errorCode", source, occurred_at as "occurredAt",
    recipient as to, sender_address as sender, venue_id as "venueId", campaign_id as "campaignId", reference, order_id as "orderId",
    customer_id as "customerId", message_type as "messageType", correlation_id as "correlationId", is_test as "isTest", metadata,
    case when kind = 'fell_back' then followed_by end as "followedBy"
  from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[]) as told (delivery, message_id, seq, at)
  join ${MESSAGE_EVENTS} as event on event.message_id = told.message_id and event.seq = told.seq and event.at = told.at
  join ${KNOWN_MESSAGES} as message on message.id = told.message_id
  cross join lateral (
    select count(*)::int as position from ${MESSAGE_EVENTS} as earlier where earlier.message_id = told.message_id and earlier.seq <= told.seq) as place`;

const RECEIVED_DATA = `
  select told.id as delivery, message.id as "messageId", channel, person as "from", number as "to", venue_id as "venueId", provider_message_id as "providerMessageId",
    segments, body as text, ${mediaOfReceived('message.id')} as media
  from unnest($1::uuid[], $2::uuid[]) as told (id, message_id) join ${RECEIVED_MESSAGES} as message on message.id = told.message_id
  left join ${RECEIVED_TEXTS} as text on received_id = message.id`;

const CONSENT_DATA = `
  select delivery, venue_id as "venueId", channel, address, status, previous_status as "previousStatus", source, occurred_at as "occurredAt"
  from unnest($1::uuid[], $2::uuid[]) as told (delivery, event_id) join ${CONSENT_EVENTS} as event on event.id = told.event_id`;

const PUMPING_DATA = `
  select delivery, alarm.id as "alarmId", prefix, country, reason, blocks, numbers::int, messages::int, stopped::int, price_micros::float8 as "priceMicros",
    price_currency as "priceCurrency", began_at as "beganAt", ends_at as "endsAt", ended_at as "endedAt", ended_by as "endedBy"
  from unnest($1::uuid[], $2::uuid[]) as told (delivery, alarm_id) join ${PUMPING_ALARMS} as alarm on alarm.id = told.alarm_id`;

@Injectable()
export class Payloads {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: ReadyConfig,
  ) {}

  /** What is posted of each delivery of a tenant, by its id; none for an event that is no longer in its log. */
  async of(tenantId: string, deliveries: readonly Delivery[]): Promise<ReadonlyMap<string, EventPayload>> {
    const real = deliveries.filter(({ isTest }) => !isTest);
    const data = new Map<string, EventData>([
      ...deliveries.filter(({ isTest }) => isTest).map(({ id, type }) => [id, exampleOf(type)] as const),
      ...(await this.messages(real.filter(({ seq, type }) => seq !== null && type !== 'message.received'))),
      ...(await this.received(real.filter(({ type }) => type === 'message.received'))),
      ...(await this.consent(real.filter(({ type }) => isAboutConsent(type)))),
      ...(await this.pumping(real.filter(({ type }) => isAboutPumping(type)))),
    ]);
    return new Map(
      deliveries.flatMap((delivery) => {
        const known = data.get(delivery.id);
        return known ? [[delivery.id, payloadOf({ tenantId, mode: this.config.mode }, delivery, known)]] : [];
      }),
    );
  }

  private async messages(deliveries: readonly Delivery[]): Promise<[string, MessageEventData][]> {
    if (deliveries.length === 0) return [];
    const rows = await this.database.query<MessageFact>(MESSAGE_DATA, [
      deliveries.map(({ id }) => id),
      deliveries.map(({ subjectId }) => subjectId),
      deliveries.map(({ seq }) => seq),
      deliveries.map(({ happenedAt }) => happenedAt),
    ]);
    return rows.map(({ delivery, sender, occurredAt, ...fact }) => [
      delivery,
      { ...fact, from: shownAddress(sender), occurredAt: iso(occurredAt) },
    ]);
  }

  private async received(deliveries: readonly Delivery[]): Promise<[string, ReceivedMessageData][]> {
    if (deliveries.length === 0) return [];
    const rows = await this.database.query<Of<ReceivedMessageData>>(RECEIVED_DATA, [
      deliveries.map(({ id }) => id),
      deliveries.map(({ subjectId }) => subjectId),
    ]);
    return rows.map(({ delivery, ...data }) => [delivery, data]);
  }

  private async consent(deliveries: readonly Delivery[]): Promise<[string, ConsentEventData][]> {
    if (deliveries.length === 0) return [];
    const rows = await this.database.query<Of<ConsentEventData>>(CONSENT_DATA, [
      deliveries.map(({ id }) => id),
      deliveries.map(({ fact }) => fact),
    ]);
    return rows.map(({ delivery, ...data }) => [delivery, { ...data, occurredAt: iso(data.occurredAt) }]);
  }

  private async pumping(deliveries: readonly Delivery[]): Promise<[string, PumpingEventData][]> {
    if (deliveries.length === 0) return [];
    const rows = await this.database.query<Of<PumpingEventData>>(PUMPING_DATA, [
      deliveries.map(({ id }) => id),
      deliveries.map(({ subjectId }) => subjectId),
    ]);
    return rows.map(({ delivery, beganAt, endsAt, endedAt, ...data }) => [
      delivery,
      { ...data, beganAt: iso(beganAt), endsAt: iso(endsAt), endedAt: iso(endedAt) },
    ]);
  }
}

const payloadOf = (
  of: Pick<EventPayload, 'tenantId' | 'mode'>,
  { type, happenedAt, isTest }: { readonly type: EventType; readonly happenedAt: string; readonly isTest: boolean },
  data: EventData,
): EventPayload => ({ type, version: CONTRACT_VERSION, timestamp: iso(happenedAt), ...of, test: isTest, data });
