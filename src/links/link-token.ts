/** What stands in a counted link in the place of its address. Pure. */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** Of the proof that we made it, for this message. */
const PROOF_BYTES = 5;
const ID_BYTES = 16;
/** Base64url of a message's id and its proof: whole characters. */
const MESSAGE_CHARACTERS = ((ID_BYTES + PROOF_BYTES) * 4) / 3;
const LONG = /^[\w-]{50}$/;

/** Letters and digits alone: a phone takes them for a part of the address wherever they stand. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SHORT = /^[A-Za-z\d]{11}$/;
const SHORT_CHARACTERS = 11;

/** A link in one message. */
export interface FollowedLink {
  readonly messageId: string;
  readonly linkId: string;
}

export type Token = ({ readonly kind: 'long' } & FollowedLink) | { readonly kind: 'short'; readonly code: string };

/** The id of a tenant's link: the same for the same address, and not to be guessed, as an address may be for one person only. */
export function linkIdOf(key: Buffer, tenantId: string, url: string): string {
  return uuidOf(createHmac('sha256', key).update(`link ${tenantId} ${url}`).digest());
}

/** The first part of all links in a message. */
export function messagePart(key: Buffer, messageId: string): string {
  const id = bytesOf(messageId);
  return Buffer.concat([id, proofOf(key, id)]).toString('base64url');
}

/** The second, which says where it leads. */
export const linkPart = (linkId: string): string => bytesOf(linkId).toString('base64url');

/**
 * The whole of a link in a text, the same for the same link of the same message. Of a thousand million, two are equal with a chance of
 * one in a hundred.
 */
export function shortCode(key: Buffer, { messageId, linkId }: FollowedLink): string {
  const digest = keyed(key, Buffer.from(`short ${messageId} ${linkId}`));
  let code = '';
  for (const byte of digest.subarray(0, SHORT_CHARACTERS)) code += ALPHABET.charAt(byte % ALPHABET.length);
  return code;
}

/** Undefined for one that we have not made; of a short one only the database can tell. */
export function readToken(key: Buffer, token: string): Token | undefined {
  if (SHORT.test(token)) return { kind: 'short', code: token };
  if (!LONG.test(token)) return undefined;
  const message = Buffer.from(token.slice(0, MESSAGE_CHARACTERS), 'base64url');
  const id = message.subarray(0, ID_BYTES);
  if (!timingSafeEqual(message.subarray(ID_BYTES), proofOf(key, id))) return undefined;
  const linkId = uuidOf(Buffer.from(token.slice(MESSAGE_CHARACTERS), 'base64url'));
  return { kind: 'long', messageId: uuidOf(id), linkId };
}

const proofOf = (key: Buffer, messageId: Buffer): Buffer => keyed(key, messageId).subarray(0, PROOF_BYTES);

/** Of each message: an HMAC's object costs several times this. Only a part is ever shown, so that nobody can go on from it. */
const keyed = (key: Buffer, about: Buffer): Buffer => hash('sha256', Buffer.concat([key, about]), 'buffer');

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex', 0, ID_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
