/** Reads the fields of one row, strictly. Every fault names the field, and never what is in it. Pure. */
import { Temporal } from 'temporal-polyfill';
import type { HostRow } from './host-source.js';

/** A field that cannot be read: `status`, `is missing`. */
export class FieldFault extends Error {
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super(`${field} ${problem}`);
  }
}

const LONGEST_ID = 200;
const LONGEST_TEXT = 1_000;
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** Whether a text can be an id of the host's: anything else it cannot know, and is not asked for. */
export const isHostId = (id: string): boolean =>
  id !== '' && id.length <= LONGEST_ID && id.isWellFormed() && !id.includes('\0');

/** Numbers are ids too, in many databases. */
export function idIn(value: unknown): string | undefined {
  const id = typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : value;
  return typeof id === 'string' && isHostId(id) ? id : undefined;
}

/** Null and blank texts count as absent, in every field. */
export class HostFields {
  constructor(private readonly row: HostRow) {}

  id(field: string): string {
    return this.present(field, this.optionalId(field));
  }

  optionalId(field: string): string | undefined {
    const value = this.given(field);
    if (value === undefined) return undefined;
    return idIn(value) ?? this.fault(field, `is no id: a text of at most ${LONGEST_ID} characters, or a whole number`);
  }

  text(field: string): string {
    return this.present(field, this.optionalText(field));
  }

  optionalText(field: string): string | undefined {
    const value = this.given(field);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.fault(field, 'is no text');
    return value.length <= LONGEST_TEXT ? value.trim() : this.fault(field, `has more than ${LONGEST_TEXT} characters`);
  }

  /** One of `words`, or a word that `mapping` leads to one. */
  word<Word extends string>(
    field: string,
    words: readonly Word[],
    mapping: Readonly<Record<string, string>> = {},
  ): Word {
    const text = this.text(field);
    const mapped = mappedWord(text, mapping);
    return words.find((word) => word === mapped) ?? this.fault(field, `is none of ${words.join(', ')}`);
  }

  optionalWord<Word extends string>(field: string, words: readonly Word[]): Word | undefined {
    return this.optionalText(field) === undefined ? undefined : this.word(field, words);
  }

  language(field: string): string | undefined {
    const text = this.optionalText(field);
    // Databases often have POSIX locales.
    const tag = text?.replaceAll('_', '-');
    return tag === undefined
      ? undefined
      : this.attempt(field, 'is no language tag such as pt-BR', () => new Intl.Locale(tag).toString());
  }

  zone(field: string): string {
    return this.present(field, this.optionalZone(field));
  }

  optionalZone(field: string): string | undefined {
    const zone = this.optionalText(field);
    if (zone === undefined) return undefined;
    return this.attempt(field, 'is no time zone such as Europe/Berlin', () => {
      new Temporal.PlainDate(2_000, 1, 1).toZonedDateTime(zone);
      return zone;
    });
  }

  time(field: string, zone: string): Date {
    return this.present(field, this.optionalTime(field, zone));
  }

  /**
   * An ISO 8601 time. Without an offset it is local time in the zone: one that is skipped in spring is moved past the gap, of one that
   * is repeated in autumn the first is taken (RFC 5545, 3.3.5).
   */
  optionalTime(field: string, zone: string): Date | undefined {
    const text = this.optionalText(field);
    if (text === undefined) return undefined;
    const problem = 'is no time such as 2026-11-21T20:00:00+01:00, or 2026-11-21T20:00:00 in the time zone';
    const parts = TIME.exec(text) ?? this.fault(field, problem);
    return this.attempt(field, problem, () => {
      const instant =
        parts[1] === undefined
          ? Temporal.PlainDateTime.from(text).toZonedDateTime(zone, { disambiguation: 'compatible' })
          : Temporal.Instant.from(text);
      return new Date(instant.epochMilliseconds);
    });
  }

  attributes(): Readonly<Record<string, unknown>> {
    const value = this.row['attributes'] ?? {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
    return this.fault('attributes', 'is no JSON object');
  }

  private given(field: string): unknown {
    const value = this.row[field] ?? undefined;
    return typeof value === 'string' && value.trim() === '' ? undefined : value;
  }

  private present<T>(field: string, value: T | undefined): T {
    return value ?? this.fault(field, 'is missing');
  }

  private attempt<T>(field: string, problem: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof RangeError) return this.fault(field, problem);
      throw error;
    }
  }

  private fault(field: string, problem: string): never {
    throw new FieldFault(field, problem);
  }
}

/** A word of the host's in ours, if the mapping has it. */
export const mappedWord = (word: string, mapping: Readonly<Record<string, string>> = {}): string =>
  Object.hasOwn(mapping, word) ? (mapping[word] ?? word) : word;
