/** The signed Event Webhook: a key pair for each API key, so that every process of a deployment has the same. */
import { createECDH, createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';

const base64url = (bytes: Buffer): string => bytes.toString('base64url');

/** P-256. */
export function signingKeyOf(apiKey: string): KeyObject {
  const secret = createHash('sha256').update(`sendgrid webhook ${apiKey}`).digest();
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(secret);
  const point = curve.getPublicKey();
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: base64url(secret),
      x: base64url(point.subarray(1, 33)),
      y: base64url(point.subarray(33)),
    },
  });
}

/** As SendGrid shows it: Base64 of its DER form. */
export const verificationKeyOf = (apiKey: string): string =>
  createPublicKey(signingKeyOf(apiKey)).export({ format: 'der', type: 'spki' }).toString('base64');

/** The headers of a post of these bytes, now. */
export function signedHeaders(key: KeyObject, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return {
    'x-twilio-email-event-webhook-timestamp': timestamp,
    'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(timestamp + body), key).toString('base64'),
  };
}
