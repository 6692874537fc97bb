/**
 * The chain of the audit log, reckoned apart from the database: a record's hash is the SHA-256 of the hash before it and of its content, which is one JSON array as
 * PostgreSQL writes `jsonb`. Whoever has an export can do the same.
 */
import { createHash } from 'node:crypto';

/** One record as it is exported, and as it is hashed. */
export interface ChainedRecord {
  /** Its place in the chain of its tenant, from 1; null for a record from before there were chains. */
  readonly seq: number | null;
  readonly id: string;
  /** ISO 8601 in UTC, to the microsecond. */
  readonly at: string;
  readonly actor: string;
  readonly origin: string | null;
  /** Null: of the platform, which has a chain of its own. */
  readonly tenantId: string | null;
  readonly action: string;
  readonly objectKind: string | null;
  readonly objectId: string | null;
  readonly details: unknown;
  /** In hexadecimal, as is `hash`. */
  readonly previousHash: string | null;
  readonly hash: string | null;
}

/** What is hashed of a record, beside the hash before it. */
export const contentOf = (record: ChainedRecord): string =>
  jsonbText([
    record.seq,
    record.id,
    record.at,
    record.actor,
    record.origin,
    record.tenantId,
    record.action,
    record.objectKind,
    record.objectId,
    record.details,
  ]);

/** In hexadecimal. */
export const linkHash = (previousHash: string, record: ChainedRecord): string =>
  createHash('sha256').update(Buffer.from(previousHash, 'hex')).update(contentOf(record)).digest('hex');

/** The hash that a chain begins with, in hexadecimal: of all records from before it, of which there are none mostly. */
export async function genesisHash(earlier: AsyncIterable<ChainedRecord> | Iterable<ChainedRecord>): Promise<string> {
  const hash = createHash('sha256');
  let separator = '';
  for await (const record of earlier) {
    hash.update(separator + contentOf(record));
    separator = '\n';
  }
  return hash.digest('hex');
}

/** As PostgreSQL writes `jsonb`: keys by their length in bytes, then by their bytes; numbers without an exponent. */
export function jsonbText(value: unknown): string {
  if (typeof value === 'number') return decimal(value);
  if (Array.isArray(value)) return `[${value.map(jsonbText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, of]) => [Buffer.from(key), key, of] as const);
  const sorted = entries.toSorted(([left], [right]) => left.length - right.length || Buffer.compare(left, right));
  return `{${sorted.map(([, key, of]) => `${JSON.stringify(key)}: ${jsonbText(of)}`).join(', ')}}`;
}

function decimal(value: number): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value));
  if (!match) return String(value);
  const [, sign = '', first = '', rest = '', power = ''] = match;
  const zeros = Number(power);
  const digits = first + rest;
  return zeros < 0
    ? `${sign}0.${'0'.repeat(-zeros - 1)}${digits}`
    : `${sign}${digits}${'0'.repeat(zeros - rest.length)}`;
}
