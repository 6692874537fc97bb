/** What all fields are made of, and the rules that class-validator lacks. */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';
import { isExact, isStorable } from '../postgres/storable.js';

export interface FieldOptions {
  readonly required?: boolean;
  readonly nullable?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly default?: unknown;
}

/** A documented field under rules. Null is refused unless it is `nullable`: it might mean "keep" or "remove", and we would guess. */
export function field(
  options: FieldOptions,
  schema: ApiPropertyOptions,
  ...rules: PropertyDecorator[]
): PropertyDecorator {
  const { required = true, nullable } = options;
  const absent = (value: unknown): boolean =>
    (value === undefined && !required) || (value === null && nullable === true);
  return applyDecorators(
    ApiProperty({ ...options, required, ...schema } as ApiPropertyOptions),
    ValidateIf((_, value) => !absent(value)),
    ...(required ? [] : [NotNull]),
    ...rules,
  );
}

/** For an optional field: it may be left out, but not null. */
const NotNull: PropertyDecorator = ValidateBy(
  { name: 'notNull', validator: { validate: (value) => value !== null } },
  { message: '$property must not be null: leave it out instead' },
);

export const Storable: PropertyDecorator = ValidateBy(
  { name: 'storable', validator: { validate: isStorable } },
  { message: '$property must hold no NUL characters and no broken Unicode' },
);

export const Exact: PropertyDecorator = ValidateBy(
  { name: 'exact', validator: { validate: isExact } },
  { message: '$property must hold no number beyond 9007199254740991, which would lose digits: send it as text' },
);

const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?:(:\d{2})(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;
const FIRST_INSTANT = Date.UTC(1970);
const LAST_INSTANT = Date.UTC(10_000) - 1;

/** The time that a text names; undefined for a text that names none, such as the 31st of February, or one out of all bounds. */
export function readInstant(text: string): Date | undefined {
  const [, minute, second = ':00'] = INSTANT.exec(text) ?? [];
  if (minute === undefined) return undefined;
  const wall = new Date(`${minute}${second}Z`);
  const time = new Date(text);
  // JavaScript rolls a day that is not in the calendar over to the next month: then it reads back otherwise.
  if (Number.isNaN(wall.getTime()) || !wall.toISOString().startsWith(`${minute}${second}`)) return undefined;
  return time.getTime() >= FIRST_INSTANT && time.getTime() <= LAST_INSTANT ? time : undefined;
}
