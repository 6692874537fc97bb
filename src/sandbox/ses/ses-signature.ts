/**
 * Verifies AWS Signature Version 4
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { SesAccount } from './ses-accounts.js';
import { sesRefusal } from './ses-errors.js';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8}\/([^/]+)\/ses\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
const MUST_SIGN = ['host', 'x-amz-date'];
const MAX_SKEW_MS = 15 * 60_000;

export interface SignedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The bytes of the body, if any. */
  readonly rawBody?: Buffer;
}

/**
 * The accounts that signed a call: those with its key, in its region, whose secret produced its signature, within 15 minutes of
 * now. Rejects a call that none of them signed.
 */
export async function sesSigners(
  request: SignedRequest,
  find: (accessKeyId: string) => Promise<readonly SesAccount[]>,
): Promise<readonly SesAccount[]> {
  const { headers } = request;
  if (!headers.authorization) throw sesRefusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const [, accessKeyId, scope = '', region, names = '', signature = ''] =
    AUTHORIZATION.exec(headers.authorization) ?? [];
  const accounts = accessKeyId === undefined ? [] : await find(accessKeyId);
  if (accounts.length === 0) {
    throw sesRefusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  const withToken = accounts.filter(({ sessionToken }) => sessionToken === headers['x-amz-security-token']);
  if (withToken.length === 0) {
    throw sesRefusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  const inRegion = withToken.filter((account) => account.region === region);
  if (inRegion.length === 0) throw mismatch('Credential should be scoped to a valid region.');
  const date = String(headers['x-amz-date']);
  if (!(Math.abs(Date.now() - timeOf(date)) <= MAX_SKEW_MS)) throw mismatch('Signature expired or not yet current.');
  const signedHeaders = names.split(';');
  if (!MUST_SIGN.every((name) => signedHeaders.includes(name))) throw mismatch('host and x-amz-date must be signed.');

  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical(request, signedHeaders))].join('\n');
  const given = Buffer.from(signature, 'hex');
  const signers = inRegion.filter(({ secretAccessKey }) => timingSafeEqual(sign(text, scope, secretAccessKey), given));
  if (signers.length > 0) return signers;
  throw mismatch('The request signature we calculated does not match the signature you provided.');
}

function sign(text: string, scope: string, secretAccessKey: string): Buffer {
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  return hmac(key, text);
}

function canonical(
  { method, url, headers, rawBody = Buffer.alloc(0) }: SignedRequest,
  signedHeaders: readonly string[],
): string {
  const [path = '', query = ''] = url.split('?');
  return [
    method,
    encoded(path),
    query.split('&').sort().join('&'),
    ...signedHeaders.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    signedHeaders.join(';'),
    sha256(rawBody),
  ].join('\n');
}

/** The path is encoded once more than it is sent, by every service but S3. */
const encoded = (path: string): string =>
  encodeURIComponent(path)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** Milliseconds of a date such as 20261121T011640Z; NaN if invalid. */
const timeOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const mismatch = (message: string): Error => sesRefusal('SignatureDoesNotMatch', message);
