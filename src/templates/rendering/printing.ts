/** Converts Liquid values to text. */
import { toValue } from 'liquidjs';
import { isBlank } from '../../kernel/plain.js';

/** A value of the data that cannot be used here. The message says what is needed, without the value. */
export class UnusableValue extends Error {}

/** Text as Liquid prints it; but an object is rejected, as no reader wants `[object Object]`. */
export function toText(printed: unknown): string {
  if (typeof printed === 'string') return printed;
  const value: unknown = toValue(printed);
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(toText).join('');
  if (typeof value === 'number') return String(requireFinite(value));
  if (typeof value === 'boolean') return String(value);
  throw new UnusableValue('an object cannot be printed: name one of its fields, or use the filter json');
}

/** The number itself. Raises UnusableValue for Infinity and NaN. */
export function requireFinite(number: number): number {
  if (Number.isFinite(number)) return number;
  throw new UnusableValue('the result is larger than any number that can be shown');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};
const CHARACTERS = new Map(Object.entries(ENTITIES).map(([character, entity]) => [entity, character]));

/** Safe as HTML text and in a quoted attribute. */
export function escapeHtml(value: unknown): string {
  return toText(value).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** The same, for text that may already be escaped. */
export function escapeHtmlOnce(value: unknown): string {
  return escapeHtml(toText(value).replaceAll(/&(?:amp|lt|gt|#34|#39);/g, (entity) => CHARACTERS.get(entity) ?? entity));
}

/** One line without control characters, as required for a mail subject (header injection) and a WhatsApp variable. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return isBlank(line) ? '' : line;
}
