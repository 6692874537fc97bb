/** Reads one contact sent as JSON, on its own line or in a list. */
import { attributeFault, shapeFault } from './attributes.js';
import { ADDRESS_FIELDS, type Row } from './list-row.js';

/**
 * `{ email, attributes: { name } }` and `{ email, name }` mean the same: whatever is not an address is an attribute.
 * `attributes` takes precedence.
 */
export function contentOfJson(text: string): Row['content'] {
  const row = parsed(text);
  if (row === undefined) return 'malformed_json';
  if (!isObject(row)) return 'not_an_object';
  const { address, to, email, phone, attributes: named = {}, ...others } = row;
  if (!isObject(named)) return 'invalid_attributes';
  const fault = shapeFault(named) ?? shapeFault(others);
  if (fault) return fault;
  const attributes = JSON.stringify({ ...others, ...named });
  const given = { address, to, email, phone };
  return (
    attributeFault(attributes) ?? {
      addresses: ADDRESS_FIELDS.filter((field) => !isBlank(given[field])).map((field) => ({
        field,
        text: textOf(given[field]),
      })),
      attributes,
    }
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
