/**
 * What a link says of a person, sealed so that nobody can read, guess or change it, and the same each time: a repeated provider call must
 * be the same to the byte. A synthetic initialisation vector, as RFC 5297 has it: the authentication code of the text is its vector.
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { parse, stringify } from 'uuid';
import type { Channel } from '../../tenants/index.js';

/** What a link is for: one for something else will be none for this. */
export type LinkPurpose = 'preferences' | 'opt-in';

/** A person at a venue, and what the link came with. */
export interface LinkedPerson {
  readonly purpose: LinkPurpose;
  readonly venueId: string;
  /** As `consentChannel` names it. */
  readonly channel: Channel;
  /** Normalised. */
  readonly address: string;
  /** Of the message that the link was in; of an opt-in, of the request. */
  readonly subjectId: string;
}

/** As objects: Node takes six times as long with the bytes of a key. */
export interface LinkKeys {
  readonly code: KeyObject;
  readonly cipher: KeyObject;
}

const VECTOR_BYTES = 16;
const UUID_BYTES = 16;
/** They stand in tokens by their place: only add to the end. */
const PURPOSES: readonly LinkPurpose[] = ['preferences', 'opt-in'];
const CHANNELS: readonly Channel[] = ['email', 'sms', 'whatsapp', 'voice'];

/** URL-safe text of about a hundred characters. */
export function sealed({ purpose, venueId, channel, address, subjectId }: LinkedPerson, keys: LinkKeys): string {
  const head = Buffer.from([PURPOSES.indexOf(purpose), CHANNELS.indexOf(channel)]);
  const text = Buffer.concat([head, parse(venueId), parse(subjectId), Buffer.from(address)]);
  const vector = codeOf(text, keys);
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, vector);
  return Buffer.concat([vector, cipher.update(text), cipher.final()]).toString('base64url');
}

/** Who a token is of; undefined for a text that was not sealed under any of the keys. */
export function unsealed(token: string, ring: readonly LinkKeys[]): LinkedPerson | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length <= VECTOR_BYTES + 2 + 2 * UUID_BYTES) return undefined;
  for (const keys of ring) {
    const vector = bytes.subarray(0, VECTOR_BYTES);
    const decipher = createDecipheriv('aes-256-ctr', keys.cipher, vector);
    const text = Buffer.concat([decipher.update(bytes.subarray(VECTOR_BYTES)), decipher.final()]);
    if (timingSafeEqual(codeOf(text, keys), vector)) return personIn(text);
  }
  return undefined;
}

const codeOf = (text: Buffer, { code }: LinkKeys): Buffer =>
  createHmac('sha256', code).update(text).digest().subarray(0, VECTOR_BYTES);

function personIn(text: Buffer): LinkedPerson | undefined {
  const [purpose, channel] = [PURPOSES[text[0] ?? -1], CHANNELS[text[1] ?? -1]];
  if (!purpose || !channel) return undefined;
  const uuidAt = (at: number): string => stringify(text.subarray(at, at + UUID_BYTES));
  const address = text.subarray(2 + 2 * UUID_BYTES).toString();
  return { purpose, channel, venueId: uuidAt(2), subjectId: uuidAt(2 + UUID_BYTES), address };
}
