/** AMQP values as the SDK gives them, to JSON values. Pure. */

const UUID_BYTES = 16;
const LONG_BYTES = 8;

/** A text, a number or a Guid as text; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  const bytes = bytesOf(value);
  if (bytes?.length === UUID_BYTES) return uuidOf(bytes);
  return bytes?.length === LONG_BYTES ? bytes.readBigInt64BE().toString() : undefined;
}

/** What JSON has no word for: times become ISO 8601, Guids and whole numbers beyond 53 bits text, and other bytes null. */
export function plain(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (bytesOf(value)) return textOf(value) ?? null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

/** rhea gives a Guid, and a long that a number does not hold, as bytes. */
const bytesOf = (value: unknown): Buffer | undefined =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : undefined;

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
