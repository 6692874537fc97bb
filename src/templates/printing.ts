/** How a Liquid value becomes text. */
import { toValue } from 'liquidjs';

/** A value of the data that cannot be used here. The message is safe to show: it holds no value. */
export class UnusableValue extends Error {}

/** Text as Liquid prints it; but an object is refused, as no reader wants `[object Object]`. */
export function toText(printed: unknown): string {
  const value: unknown = toValue(printed);
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object':
      if (value === null) return '';
      if (Array.isArray(value)) return value.map(toText).join('');
      throw new UnusableValue('an object cannot be printed: name one of its fields, or use the json filter');
    default:
      return '';
  }
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };

/** Safe in HTML text and in quoted attributes. */
export function escapeHtml(value: unknown): string {
  return toText(value).replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** One line without control characters: what a mail subject (header injection) and a WhatsApp variable must be. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}
