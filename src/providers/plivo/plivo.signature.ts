/**
 * Verifies that a webhook comes from Plivo. Our own check: the SDK's does not compare in constant time, throws on a missing
 * header and takes no blank after a comma. Neither version has a timestamp, so a replay passes: events must be deduplicated by
 * their `dedupeKey`.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest } from '../provider.webhook.js';

/** The fields of a form post. */
export const formOf = (request: WebhookRequest): URLSearchParams =>
  new URLSearchParams(request.rawBody.toString('utf8'));

/** V3 signs the URL and every form field. There may be several signatures: of the subaccount's token, and the main account's. */
export function isV3Signature({ url, headers, rawBody }: WebhookRequest, authToken: string): boolean {
  const nonce = headers['x-plivo-signature-v3-nonce'];
  if (!nonce) return false;
  const signed = `${signedByV3(url, new URLSearchParams(rawBody.toString('utf8')))}.${nonce}`;
  return matches(signed, authToken, [headers['x-plivo-signature-v3'], headers['x-plivo-signature-ma-v3']]);
}

/** V2 signs the address alone, without its query, and no field. */
export function isV2Signature({ url, headers }: WebhookRequest, authToken: string): boolean {
  const nonce = headers['x-plivo-signature-v2-nonce'];
  if (!nonce) return false;
  const { origin, pathname } = new URL(url);
  return matches(origin + pathname + nonce, authToken, [
    headers['x-plivo-signature-v2'],
    headers['x-plivo-signature-ma-v2'],
  ]);
}

export const hasV3 = ({ headers }: WebhookRequest): boolean =>
  headers['x-plivo-signature-v3'] !== undefined || headers['x-plivo-signature-ma-v3'] !== undefined;

/** What V3 signs of a POST: the address, the query sorted, and the fields sorted. */
export function signedByV3(url: string, form: URLSearchParams): string {
  const { origin, pathname, searchParams } = new URL(url);
  const query = sorted(searchParams).map(([name, value]) => `${name}=${value}`);
  const fields = sorted(form).map(([name, value]) => name + value);
  const mark = query.length > 0 || fields.length > 0 ? '?' : '';
  const dot = query.length > 0 && fields.length > 0 ? '.' : '';
  return `${origin}${pathname}${mark}${query.join('&')}${dot}${fields.join('')}`;
}

export const plivoHmac = (signed: string, authToken: string): string =>
  createHmac('sha256', authToken).update(signed).digest('base64');

/** By name, then by value; in the order of code units. */
function sorted(fields: URLSearchParams): [string, string][] {
  const order = (left: string, right: string): number => (left < right ? -1 : Number(left > right));
  return [...fields].sort(([name, value], [other, another]) => order(name, other) || order(value, another));
}

function matches(signed: string, authToken: string, headers: readonly (string | undefined)[]): boolean {
  const expected = Buffer.from(plivoHmac(signed, authToken));
  return headers
    .flatMap((header) => header?.split(',') ?? [])
    .map((signature) => Buffer.from(signature.trim()))
    .some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
}
