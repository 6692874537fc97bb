/** Rules for a contact's attributes: PostgreSQL stores them as jsonb, templates read them. */
import type { FaultCode } from './row-faults.js';

/** Levels of nesting, including the attributes themselves. */
export const MAX_LEVELS = 8;
const MAX_BYTES = 16_384;
/** JSON.stringify always escapes U+0000 and lone surrogates; an escaped backslash before is not one. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** The fault of attributes serialised by JSON.stringify. */
export function attributeFault(json: string): FaultCode | undefined {
  if (json.length * 3 > MAX_BYTES && Buffer.byteLength(json) > MAX_BYTES) return 'attributes_too_large';
  return json.includes('\\u') && UNSTORABLE.test(json) ? 'bad_characters' : undefined;
}

/** The fault of parsed JSON before it is serialised: too deep, or with a forbidden name. */
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
