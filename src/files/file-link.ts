/** What stands in a link to a file: which it is and until when, with a proof that we made it. Pure. */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { parse, stringify } from 'uuid';

/** A file that a link leads to. */
export interface LinkedFile {
  readonly tenantId: string;
  readonly id: string;
  /** To the second. */
  readonly until: Date;
}

const UUID_BYTES = 16;
const FACT_BYTES = 2 * UUID_BYTES + 4;
const PROOF_BYTES = 16;
/** Base64url of both. */
const TOKEN = /^[\w-]{70}$/;

/** URL-safe text of 70 characters, the same for the same. */
export function fileToken({ tenantId, id, until }: LinkedFile, key: KeyObject): string {
  const seconds = Buffer.alloc(4);
  seconds.writeUInt32BE(Math.floor(until.getTime() / 1_000));
  const facts = Buffer.concat([parse(tenantId), parse(id), seconds]);
  return Buffer.concat([facts, proofOf(facts, key)]).toString('base64url');
}

/** Undefined for a text that was made under none of the keys. */
export function linkedFile(token: string, keys: readonly KeyObject[]): LinkedFile | undefined {
  if (!TOKEN.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const facts = bytes.subarray(0, FACT_BYTES);
  if (!keys.some((key) => timingSafeEqual(proofOf(facts, key), bytes.subarray(FACT_BYTES)))) return undefined;
  const uuidAt = (at: number): string => stringify(facts.subarray(at, at + UUID_BYTES));
  const until = new Date(facts.readUInt32BE(2 * UUID_BYTES) * 1_000);
  return { tenantId: uuidAt(0), id: uuidAt(UUID_BYTES), until };
}

const proofOf = (facts: Buffer, key: KeyObject): Buffer =>
  createHmac('sha256', key).update(facts).digest().subarray(0, PROOF_BYTES);
