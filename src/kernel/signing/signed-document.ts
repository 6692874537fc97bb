/**
 * Documents that prove themselves: JSON with its hash and an Ed25519 signature, both of its canonical form (RFC 8785). Whoever has the public key can check one
 * without the service.
 */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../json.js';

export interface Signature {
  readonly algorithm: 'Ed25519';
  /** Tells the keys of an installation apart: the beginning of the SHA-256 of the public key. */
  readonly keyId: string;
  /** SPKI in PEM. It proves nothing by itself: compare it with the one that the installation shows. */
  readonly publicKey: string;
  /** In base64. */
  readonly value: string;
}

export type Signed<Content extends object> = Content & { readonly contentHash: string; readonly signature: Signature };

/** `valid`, or what is wrong: it was `altered`, signed by `another_key`, or is `no_document` of this form. */
export type Verdict = 'valid' | 'altered' | 'another_key' | 'no_document';

export const publicKeyOf = (key: KeyObject): string =>
  createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();

export const keyIdOf = (publicKey: string): string =>
  createHash('sha256')
    .update(createPublicKey(publicKey).export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);

/** `content` is plain JSON: no undefined, no dates. */
export function signedDocument<Content extends object>(content: Content, privateKey: KeyObject): Signed<Content> {
  const text = Buffer.from(canonicalJson(content));
  const publicKey = publicKeyOf(privateKey);
  const value = sign(null, text, privateKey).toString('base64');
  return {
    ...content,
    contentHash: createHash('sha256').update(text).digest('hex'),
    signature: { algorithm: 'Ed25519', keyId: keyIdOf(publicKey), publicKey, value },
  };
}

/** Whether a document is what was signed by the holder of this public key, in PEM. */
export function verifyDocument(document: unknown, publicKey: string): Verdict {
  if (!isSigned(document)) return 'no_document';
  const { contentHash, signature, ...content } = document;
  const text = Buffer.from(canonicalJson(content));
  if (createHash('sha256').update(text).digest('hex') !== contentHash) return 'altered';
  if (signature.keyId !== keyIdOf(publicKey)) return 'another_key';
  return verify(null, text, publicKey, Buffer.from(signature.value, 'base64')) ? 'valid' : 'altered';
}

function isSigned(value: unknown): value is Signed<object> {
  const { contentHash, signature } = (value ?? {}) as Partial<Record<string, unknown>>;
  const { algorithm, keyId, value: bytes } = (signature ?? {}) as Partial<Record<string, unknown>>;
  return [contentHash, keyId, bytes].every((text) => typeof text === 'string') && algorithm === 'Ed25519';
}
