/** What endpoints are posted, as the API's documentation has it. */
import type { Type } from '@nestjs/common';
import { getSchemaPath } from '@nestjs/swagger';
import type { ApiWebhook } from '../kernel/index.js';
import {
  ALL_EVENT_TYPES,
  CONTRACT_VERSION,
  EVENT_TYPES,
  isAboutConsent,
  isAboutPumping,
  type EventType,
} from './event-types.js';
import { exampleOf } from './payload-examples.js';
import {
  ConsentEventData,
  EndpointTestData,
  EventPayload,
  type EventData,
  MessageEventData,
  PumpingEventData,
  ReceivedMessageData,
} from './payloads.dto.js';

const dataOf = (type: EventType): Type<EventData> => {
  if (type === 'endpoint.test') return EndpointTestData;
  if (type === 'message.received') return ReceivedMessageData;
  if (isAboutPumping(type)) return PumpingEventData;
  return isAboutConsent(type) ? ConsentEventData : MessageEventData;
};

export const EVENT_WEBHOOKS: readonly ApiWebhook[] = ALL_EVENT_TYPES.map((type) => ({
  name: type,
  summary: EVENT_TYPES[type],
  schema: {
    allOf: [
      { $ref: getSchemaPath(EventPayload) },
      { type: 'object', properties: { type: { enum: [type] }, data: { $ref: getSchemaPath(dataOf(type)) } } },
    ],
  },
  example: {
    type,
    version: CONTRACT_VERSION,
    timestamp: '2026-11-30T19:00:00.000Z',
    tenantId: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12',
    mode: 'live',
    test: type === 'endpoint.test',
    data: exampleOf(type),
  },
}));
