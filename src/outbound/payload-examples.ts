/** Events as they could be: what a test event says, and what the documentation shows. */
import type { EventType } from './event-types.js';
import { isAboutConsent, isAboutPumping } from './event-types.js';
import type {
  ConsentEventData,
  EventData,
  MessageEventData,
  PumpingEventData,
  ReceivedMessageData,
} from './payloads.dto.js';

const VENUE = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
const MESSAGE = '0199f3a1-0b3c-7d1e-8f20-5a6b7c8d9e0f';
const PERSON = '+15551230001';
const NUMBER = '+15557770001';

const MESSAGE_DATA: MessageEventData = {
  messageId: MESSAGE,
  position: 1,
  status: null,
  channel: 'sms',
  category: 'transactional',
  provider: 'twilio',
  providerMessageId: null,
  segments: 1,
  reason: null,
  errorCode: null,
  source: 'webhook',
  occurredAt: null,
  to: PERSON,
  from: NUMBER,
  venueId: VENUE,
  campaignId: null,
  reference: 'order:A-1001',
  orderId: 'A-1001',
  customerId: 'C-7',
  messageType: 'order-confirmation',
  correlationId: null,
  isTest: false,
  metadata: null,
  followedBy: null,
};

const SID = 'SM0c1e7b3a9d1c2f4b6a8c0e1234567890';

/** Where a type differs from `MESSAGE_DATA`. */
const PARTS: Readonly<Partial<Record<EventType, Partial<MessageEventData>>>> = {
  'message.accepted': { status: 'queued', source: 'api' },
  'message.deferred': { position: 2, reason: 'deferred', errorCode: '20429', source: 'dispatch' },
  'message.sent': { position: 2, status: 'sent', providerMessageId: SID, source: 'dispatch' },
  'message.delivered': { position: 3, status: 'delivered', providerMessageId: SID },
  'message.read': { position: 4, status: 'read', channel: 'whatsapp', providerMessageId: SID },
  'message.failed': {
    position: 3,
    status: 'undelivered',
    providerMessageId: SID,
    reason: 'provider_report',
    errorCode: '30003',
  },
  'message.skipped': { position: 2, status: 'blocked_opted_out', reason: 'opted_out', source: 'dispatch' },
  'message.in_doubt': { position: 2, status: 'unknown', reason: 'no_answer', source: 'dispatch' },
  'message.fell_back': { position: 4, reason: 'email', source: 'dispatch', followedBy: VENUE },
  'message.opened': {
    position: 4,
    channel: 'email',
    provider: 'ses',
    to: 'ana@example.com',
    from: 'tickets@riverside.example',
  },
  'message.clicked': {
    position: 5,
    channel: 'email',
    provider: 'ses',
    to: 'ana@example.com',
    from: 'tickets@riverside.example',
  },
  'message.answered': { position: 4 },
};

const RECEIVED_DATA: ReceivedMessageData = {
  messageId: MESSAGE,
  channel: 'sms',
  from: PERSON,
  to: NUMBER,
  venueId: VENUE,
  providerMessageId: SID,
  segments: 1,
  text: 'Is there parking?',
  media: [],
};

const consentData = (type: EventType): ConsentEventData => ({
  venueId: VENUE,
  channel: 'sms',
  address: PERSON,
  status: type === 'consent.opted_in' ? 'opted_in' : 'opted_out',
  previousStatus: type === 'consent.opted_in' ? 'unknown' : 'opted_in',
  source: 'keyword',
  occurredAt: '2026-11-30T19:00:00.000Z',
});

const pumpingData = (type: EventType): PumpingEventData => ({
  alarmId: MESSAGE,
  prefix: '+9477123',
  country: 'LK',
  reason: 'adjacent_numbers',
  blocks: true,
  numbers: 42,
  messages: 51,
  stopped: 9,
  priceMicros: 300_000,
  priceCurrency: 'USD',
  beganAt: '2026-11-30T19:00:00.000Z',
  endsAt: '2026-11-30T20:00:00.000Z',
  endedAt: type === 'pumping.ended' ? '2026-11-30T20:00:00.000Z' : null,
  endedBy: type === 'pumping.ended' ? 'rule' : null,
});

/** The `data` of an event of a type. */
export function exampleOf(type: EventType): EventData {
  if (type === 'endpoint.test') return { message: 'Events arrive here.' };
  if (type === 'message.received') return RECEIVED_DATA;
  if (isAboutConsent(type)) return consentData(type);
  if (isAboutPumping(type)) return pumpingData(type);
  return { ...MESSAGE_DATA, ...PARTS[type] };
}
