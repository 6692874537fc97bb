/** All that a span may say: a closed list, each with the values that it may have. Nothing of it can be an address or a text. */
import { isTellable } from '../http/correlation-id.js';
import { isUuid } from '../uuid.js';

type Value = string | number;

/** Words of our own, codes and class names: no number among them is as long as that of a phone. */
const WORD = /^(?!.*\d{7})[\w.:-]{1,100}$/;
const ROUTE = /^\/[\w/:*.-]{0,300}$/;

const isWord = (value: Value): boolean => typeof value === 'string' && WORD.test(value);
const isRoute = (value: Value): boolean => typeof value === 'string' && (ROUTE.test(value) || value === 'unknown');
const isId = (value: Value): boolean => typeof value === 'string' && isUuid(value);
const isCount = (value: Value): boolean => typeof value === 'number' && Number.isFinite(value);
const isCorrelation = (value: Value): boolean => typeof value === 'string' && isTellable(value);

export const SPAN_ATTRIBUTES = {
  'http.request.method': isWord,
  'http.route': isRoute,
  'http.response.status_code': isCount,
  'error.type': isWord,
  'messaging.batch.message_count': isCount,
  'callboard.tenant_id': isId,
  'callboard.correlation_id': isCorrelation,
  'callboard.message_id': isId,
  'callboard.campaign_id': isId,
  'callboard.lane_id': isId,
  'callboard.provider': isWord,
  'callboard.channel': isWord,
  'callboard.attempt': isCount,
  'callboard.outcome': isWord,
  'callboard.code': isWord,
  'callboard.status': isWord,
  'callboard.origin': isWord,
  'callboard.db.statements': isCount,
  'callboard.db.duration_ms': isCount,
} as const satisfies Readonly<Record<string, (value: Value) => boolean>>;

export type SpanAttribute = keyof typeof SPAN_ATTRIBUTES;
export type SpanAttributes = { readonly [Name in SpanAttribute]?: Value | undefined };

/** Those of the list, with values that fit: everything else is left out. */
export function listed(attributes: SpanAttributes): Record<string, Value> {
  const found: Record<string, Value> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const fits =
      Object.hasOwn(SPAN_ATTRIBUTES, name) && value !== undefined && SPAN_ATTRIBUTES[name as SpanAttribute](value);
    if (fits) found[name] = value;
  }
  return found;
}
