/** Parses and validates the JSON of a Plivo send, and pages of lists. */
import { at, stringAt } from '../../kernel/index.js';
import { plivoRefusal } from './plivo-errors.js';

export interface PlivoSend {
  readonly channel: 'sms' | 'mms';
  /** E.164. */
  readonly to: string;
  /** As given: a number, a short code or a name. */
  readonly sender: string;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  readonly statusUrl?: string;
}

const NUMBER = /^\+?[1-9]\d{6,14}$/;
const MAX_TEXT = 1_600;
/** The sandbox's own: +1 500 555 02NN is refused with a status that no table lists. */
const ODD_TO = /^\+150055502\d\d$/;
const INVALID_TO = '+15005550001';

/** Rejects errors in Plivo's words. `mayCall` decides which status callbacks the sandbox posts to. */
export function readPlivoSend(body: unknown, mayCall: (url: string) => boolean): PlivoSend {
  const sender = stringAt(body, 'src') ?? '';
  const to = stringAt(body, 'dst') ?? '';
  const text = stringAt(body, 'text') ?? '';
  const statusUrl = stringAt(body, 'url');
  const media: unknown = at(body, 'media_urls');
  const mediaUrls = Array.isArray(media) ? media.map(String) : [];
  const channel = stringAt(body, 'type') === 'mms' ? 'mms' : 'sms';
  if (sender === '') throw plivoRefusal(400, 'src parameter is missing');
  if (to.includes('<')) throw plivoRefusal(400, 'this sandbox takes one dst in a call');
  const number = to.startsWith('+') ? to : `+${to}`;
  if (ODD_TO.test(number)) throw plivoRefusal(418);
  if (!NUMBER.test(to) || number === INVALID_TO) throw plivoRefusal(400, 'dst parameter is not a valid number');
  if (number === (sender.startsWith('+') ? sender : `+${sender}`)) {
    throw plivoRefusal(400, 'src and dst parameters are the same');
  }
  if (text === '' && mediaUrls.length === 0) throw plivoRefusal(400, 'text parameter is missing');
  if (text.length > MAX_TEXT) throw plivoRefusal(400, 'text parameter is too long');
  if (statusUrl !== undefined && !mayCall(statusUrl)) {
    throw plivoRefusal(400, 'url is not one that this sandbox may call: use this service’s own address');
  }
  return { channel, to: number, sender, body: text, mediaUrls, statusUrl };
}

export type Query = Readonly<Record<string, string | undefined>>;

/** Plivo gives no more at a time. */
const MOST = 20;

/** One page of a list. */
export function pageOf<Item>(items: readonly Item[], query: Query, json: (item: Item) => object): object {
  const limit = Math.min(Math.max(Number(query['limit'] ?? MOST) || MOST, 1), MOST);
  const offset = Math.max(Number(query['offset'] ?? 0) || 0, 0);
  return {
    meta: { limit, offset, total_count: items.length, next: null, previous: null },
    objects: items.slice(offset, offset + limit).map(json),
  };
}
