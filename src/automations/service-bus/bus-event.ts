/** A message of the bus as an event: where its type, id, tenant and data are. Pure. */
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { InvalidRequest, type FieldError, isCorrelationId } from '../../kernel/index.js';
import type { DeliveredEvent } from '../events/event-deliveries.js';
import { plain, textOf } from './amqp-values.js';

/** What of a received message is read. */
export type BusMessage = Pick<
  ServiceBusReceivedMessage,
  'body' | 'subject' | 'messageId' | 'correlationId' | 'applicationProperties' | 'enqueuedTimeUtc'
> & { readonly _rawAmqpMessage: Pick<ServiceBusReceivedMessage['_rawAmqpMessage'], 'bodyType'> };

type Fields = Readonly<Record<string, unknown>>;

/** https://www.w3.org/TR/trace-context/#traceparent-header: its second part follows the whole request. */
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;
/** Fields of a body that are not data of the event. */
const OF_THE_ENVELOPE = new Set(['type', 'tenantId', 'TenantId']);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Raises InvalidRequest for a message whose body is no JSON object. */
export function eventIn(message: BusMessage, defaultTenant: string | undefined): DeliveredEvent {
  const body = bodyOf(message);
  const properties: Fields = message.applicationProperties ?? {};
  const inner = envelopeOf(body);
  return {
    tenantId: textOf(properties['tenantId']) ?? textOf(body['tenantId']) ?? textOf(body['TenantId']) ?? defaultTenant,
    correlationId: correlationOf(message, properties, inner && body['correlationId']),
    trace: tracesIn(properties).find((trace) => trace !== undefined && TRACEPARENT.test(trace)),
    input: {
      type: textOf(message.subject) ?? textOf(properties['type']) ?? textOf(properties['MessageType']) ?? body['type'],
      id: textOf(message.messageId) ?? (inner ? body['id'] : undefined),
      occurredAt: (inner && body['occurredAt']) ?? message.enqueuedTimeUtc?.toISOString(),
      data: inner ?? Object.fromEntries(Object.entries(body).filter(([name]) => !OF_THE_ENVELOPE.has(name))),
    },
  };
}

/** The data of an event that came whole, as for `POST /api/events`; undefined where the body is the data. */
function envelopeOf({ data }: Fields): Fields | undefined {
  return isFields(data) ? data : undefined;
}

/** As W3C has it, and as Azure's SDKs write it. */
const tracesIn = (properties: Fields): (string | undefined)[] =>
  [properties['traceparent'], properties['Diagnostic-Id']].map(textOf);

/** What cannot be one is left out: it refuses no event. */
function correlationOf({ correlationId }: BusMessage, properties: Fields, own: unknown): string | undefined {
  const given = [correlationId, properties['correlationId'], own].map(textOf);
  const found = [...given, ...tracesIn(properties).map((trace) => TRACEPARENT.exec(trace ?? '')?.[1])];
  return found.find((text) => text !== undefined && isCorrelationId(text));
}

function bodyOf({ body, _rawAmqpMessage: { bodyType } }: BusMessage): Fields {
  const value = bodyType === 'data' ? jsonIn(Buffer.concat(sectionsOf(body))) : plain(body);
  const fields = bodyType === 'value' && typeof value === 'string' ? jsonIn(Buffer.from(value)) : value;
  if (isFields(fields)) return fields;
  throw new InvalidRequest([fault('the body of the message must be a JSON object, or a map')]);
}

/** A body may come in several sections, which may part within a character. */
function sectionsOf(body: unknown): Uint8Array[] {
  const sections: unknown[] = Array.isArray(body) ? body : [body];
  return sections.filter((section) => section instanceof Uint8Array);
}

/** With a byte order mark or without. Raises InvalidRequest. */
function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw new InvalidRequest([fault('the body of the message must be JSON in UTF-8')]);
  }
}

const fault = (message: string): FieldError => ({ path: 'body', message });
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
