/** The requests that load consists of, as bytes: built before any measurement starts. */
import { query } from '../harness/query.js';
import { signedCallback, type SentMessage, type TwilioTarget } from './callbacks.js';
import { dataFor, guest, ticketHolder, type BenchChannel } from './people.js';
import { linkPart, messagePart } from '../src/links/index.js';
import { requestBytes } from './wire.js';

interface To {
  readonly origin: string;
}

export type Source =
  | ({ readonly kind: 'bare' } & To)
  | ({ readonly kind: 'messages'; readonly key: string; readonly idempotent: boolean } & To)
  | ({ readonly kind: 'events'; readonly key: string } & To)
  | ({ readonly kind: 'tickets'; readonly key: string; readonly channel: BenchChannel; readonly count: number } & To)
  | ({ readonly kind: 'gets'; readonly key: string; readonly paths: readonly string[] } & To)
  | ({ readonly kind: 'links'; readonly databaseUrl: string; readonly channel: BenchChannel } & To)
  | ({ readonly kind: 'callbacks'; readonly databaseUrl: string } & TwilioTarget);

/** `once`: each must not be sent a second time. */
export interface Requests {
  readonly origin: string;
  readonly requests: readonly Buffer[];
  readonly once: boolean;
}

/** Number of different bodies of a request that may be repeated. */
const VARIETY = 2_000;
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
const JSON_BODY = { 'content-type': 'application/json' };

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

/** The body of `POST /api/messages`: a template with three variables. */
const messageFor = (to: string, channel: BenchChannel, number: number): string =>
  JSON.stringify({
    channel,
    to,
    template: { key: `ticket-${channel}`, data: dataFor(number) },
    reference: `o-${number}`,
  });

export async function makeRequests(source: Source): Promise<Requests> {
  const { origin } = source;
  switch (source.kind) {
    case 'bare': {
      const body = (number: number): string => messageFor(guest('sms', number), 'sms', number);
      return {
        origin,
        once: false,
        requests: numbers(VARIETY).map((n) => requestBytes('POST', '/bare', JSON_BODY, body(n))),
      };
    }
    case 'messages': {
      const count = source.idempotent ? VARIETY * 20 : VARIETY;
      const headers = (number: number): Record<string, string> => ({
        ...JSON_BODY,
        ...bearer(source.key),
        ...(source.idempotent && { 'idempotency-key': `bench-${number}` }),
      });
      const requests = numbers(count).map((number) =>
        requestBytes('POST', '/api/messages', headers(number), messageFor(guest('sms', number), 'sms', number)),
      );
      return { origin, once: source.idempotent, requests };
    }
    case 'events': {
      const headers = { ...JSON_BODY, ...bearer(source.key) };
      const body = (number: number): string =>
        JSON.stringify({
          type: 'order.confirmed',
          id: `bench-${number}`,
          data: { orderId: `o-${number}`, customerId: `c-${number}`, total: 4_200 },
        });
      const requests = numbers(VARIETY * 50).map((n) => requestBytes('POST', '/api/events', headers, body(n)));
      return { origin, once: true, requests };
    }
    case 'tickets': {
      const headers = { ...JSON_BODY, ...bearer(source.key) };
      const body = (number: number): string => messageFor(ticketHolder(source.channel, number), source.channel, number);
      const requests = numbers(source.count).map((n) => requestBytes('POST', '/api/messages', headers, body(n)));
      return { origin, once: true, requests };
    }
    case 'gets':
      return {
        origin,
        once: false,
        requests: source.paths.map((path) => requestBytes('GET', path, bearer(source.key))),
      };
    case 'links':
      return { origin, once: false, requests: await links(source) };
    case 'callbacks':
      return { origin, once: true, requests: await callbacks(source) };
  }
}

/** A phone's requests for each counted link of all messages that were sent. */
async function links({ databaseUrl, channel }: Extract<Source, { kind: 'links' }>): Promise<Buffer[]> {
  const tokens = channel === 'sms' ? await shortTokens(databaseUrl) : await longTokens(databaseUrl);
  return tokens.map((token) => requestBytes('GET', `/l/${token}`, { 'user-agent': PHONE }));
}

const shortTokens = async (databaseUrl: string): Promise<string[]> =>
  (await query<{ code: string }>(databaseUrl, `select code from short_link`)).map(({ code }) => code);

async function longTokens(databaseUrl: string): Promise<string[]> {
  const [fact] = await query<{ value: string }>(databaseUrl, `select value from deployment where key = 'link_key'`);
  const key = Buffer.from(fact?.value ?? '', 'hex');
  const stored = await query<{ id: string }>(databaseUrl, `select id from link`);
  const messages = await query<{ id: string }>(databaseUrl, `select id from message where campaign_id is not null`);
  return messages.flatMap(({ id }) => stored.map((link) => messagePart(key, id) + linkPart(link.id)));
}

/** Two callbacks as Twilio signs them for each message that is `sent`: that the carrier has it, and that it was delivered. */
async function callbacks(source: Extract<Source, { kind: 'callbacks' }>): Promise<Buffer[]> {
  const messages = await query<SentMessage>(
    source.databaseUrl,
    `select id, provider_message_id, sender_address, recipient from message where status = 'sent' and channel = 'sms'`,
  );
  return ['sent', 'delivered'].flatMap((status) =>
    messages.map((message) => {
      const { path, headers, body } = signedCallback(source, message, status);
      return requestBytes('POST', path, headers, body);
    }),
  );
}
