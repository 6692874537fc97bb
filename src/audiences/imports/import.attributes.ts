/** What the attributes of a contact may be: PostgreSQL keeps them as jsonb, templates read them. */
import type { FaultCode } from './import.faults.js';

/** Levels of nesting; the attributes themselves are the first. */
export const MAX_LEVELS = 8;
const MAX_BYTES = 16_384;
/** In what JSON.stringify writes, U+0000 and half of a surrogate pair are always escaped; an escaped backslash before is none. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** The fault of attributes that JSON.stringify has written. */
export function attributeFault(json: string): FaultCode | undefined {
  if (json.length * 3 > MAX_BYTES && Buffer.byteLength(json) > MAX_BYTES) return 'attributes_too_large';
  return json.includes('\\u') && UNSTORABLE.test(json) ? 'bad_characters' : undefined;
}

/** The fault of parsed JSON before it is written: what is too deep for that, or has a name that objects may not be given. */
export function shapeFault(value: unknown, levels = MAX_LEVELS): FaultCode | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return 'attributes_too_deep';
  if (Object.hasOwn(value, '__proto__')) return 'invalid_attributes';
  for (const inner of Object.values(value)) {
    const fault = shapeFault(inner, levels - 1);
    if (fault) return fault;
  }
  return undefined;
}
