/**
 * The fields of request bodies and queries: each decorator states a rule once, for validation and OpenAPI. Every field takes
 * `required: false` to be optional, `nullable: true` if null has its own meaning, a `description` and an `example`.
 */
import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDate,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { isExact, isStorable } from '../postgres/storable.js';
import { leaveNestedList, readNested, readNestedList } from './dto-reader.js';
import { Reads } from './shape.js';

export interface FieldOptions {
  readonly required?: boolean;
  readonly nullable?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly default?: unknown;
}

export interface TextOptions extends FieldOptions {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
  /** The meaning of the pattern, as the end of "must be …". */
  readonly meaning?: string;
}

export function Text({ min = 1, max, pattern, meaning, ...options }: TextOptions): PropertyDecorator {
  const schema = {
    type: 'string',
    minLength: min,
    maxLength: max,
    ...(pattern && { pattern: pattern.source }),
  } as const;
  const message = (rule: string): { message: string } => ({ message: `$property must ${withExample(rule, options)}` });
  return field(
    options,
    schema,
    IsString(message('be a string')),
    ...(pattern ? [Matches(pattern, message(`be ${meaning ?? `like ${pattern.source}`}`))] : []),
    MaxLength(max, message(`be at most ${max} characters long`)),
    MinLength(min, message(min === 1 ? 'not be empty' : `be at least ${min} characters long`)),
    Storable,
  );
}

export const Id = (options: FieldOptions = {}): PropertyDecorator =>
  field(options, { type: 'string', format: 'uuid' }, IsUUID('all', { message: '$property must be an id (a UUID)' }));

export const Int = ({ min, max, ...options }: FieldOptions & { min: number; max: number }): PropertyDecorator =>
  field(options, { type: 'integer', minimum: min, maximum: max }, IsInt(), Min(min), Max(max));

export const Num = ({ min, max, ...options }: FieldOptions & { min: number; max: number }): PropertyDecorator =>
  field(
    options,
    { type: 'number', minimum: min, maximum: max },
    IsNumber({}, { message: '$property must be a number' }),
    Min(min),
    Max(max),
  );

/** A number in a query string. */
export const IntParam = (options: FieldOptions & { min: number; max: number }): PropertyDecorator =>
  applyDecorators(
    Int(options),
    Reads((value) => (typeof value === 'string' ? Number(value) : value)),
  );

export const Flag = (options: FieldOptions = {}): PropertyDecorator =>
  field(options, { type: 'boolean' }, IsBoolean({ message: '$property must be true or false' }));

/** True or false in a query string. */
export const FlagParam = (options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    Flag(options),
    Reads((value) => (value === 'true' || value === 'false' ? value === 'true' : value)),
  );

export const OneOf = (allowed: readonly string[], options: FieldOptions = {}): PropertyDecorator =>
  field(
    options,
    { type: 'string', enum: [...allowed] },
    IsIn([...allowed], { message: `$property must be ${oneOf(allowed)}` }),
  );

/** An ISO 8601 instant with its offset, such as `2026-11-21T18:00:00Z`, from 1970 to 9999; the handler gets a Date. */
export const Instant = (options: FieldOptions = {}): PropertyDecorator =>
  field(
    options,
    { type: 'string', format: 'date-time' },
    Reads((value) => (typeof value === 'string' ? readInstant(value) : value)),
    IsDate({ message: '$property must be an ISO 8601 time with its offset, such as 2026-11-21T18:00:00Z' }),
  );

/** A JSON object of the caller's own, stored unchanged. */
export const JsonObject = (options: FieldOptions = {}): PropertyDecorator =>
  field(
    options,
    { type: 'object', additionalProperties: true },
    IsObject({ message: '$property must be an object' }),
    Storable,
    Exact,
  );

/** An object of its own class. */
export const Nested = (type: () => Type<object>, options: FieldOptions = {}): PropertyDecorator =>
  field(
    options,
    { type: () => type() },
    IsObject({ message: '$property must be an object' }),
    ValidateNested(),
    Reads(readNested(type)),
  );

export interface ListOptions extends FieldOptions {
  readonly min?: number;
  readonly max: number;
}

/** A list of values from a set, or of texts under a rule; `meaning` is the rule as the end of "must be …". */
export const TextList = ({
  min = 0,
  max,
  of,
  meaning,
  ...options
}: ListOptions &
  (
    { of: readonly string[]; meaning?: undefined } | { of: (text: unknown) => boolean; meaning: string }
  )): PropertyDecorator =>
  field(
    options,
    {
      type: 'array',
      items: { type: 'string', ...(typeof of !== 'function' && { enum: [...of] }) },
      minItems: min,
      maxItems: max,
    },
    IsArray({ message: '$property must be a list' }),
    ...sizes(min, max),
    ValidateBy(
      {
        name: 'textList',
        validator: { validate: typeof of === 'function' ? of : (word) => of.includes(word as string) },
      },
      {
        each: true,
        message: `each of $property must be ${meaning === undefined ? oneOf(of) : withExample(meaning, options)}`,
      },
    ),
    Storable,
  );

/** A list of objects of one class. */
export const NestedList = (type: () => Type<object>, { min = 0, max, ...options }: ListOptions): PropertyDecorator =>
  field(
    options,
    { type: () => type(), isArray: true, minItems: min, maxItems: max },
    IsArray({ message: '$property must be a list' }),
    ...sizes(min, max),
    IsObject({ each: true, message: 'each of $property must be an object' }),
    ValidateNested({ each: true }),
    Reads(readNestedList(type)),
  );

/** A list of objects of one class, each to be validated on its own: an invalid one does not affect the others. */
export const UncheckedList = (type: () => Type<object>, { min = 0, max, ...options }: ListOptions): PropertyDecorator =>
  field(
    options,
    { type: () => type(), isArray: true, minItems: min, maxItems: max },
    IsArray({ message: '$property must be a list' }),
    ...sizes(min, max),
    Reads(leaveNestedList(type)),
  );

/**
 * A documented field with rules. Null is rejected unless it is `nullable`: it might mean "keep" or "remove", and we would
 * guess.
 */
function field(options: FieldOptions, schema: ApiPropertyOptions, ...rules: PropertyDecorator[]): PropertyDecorator {
  const { required = true, nullable } = options;
  const absent = (value: unknown): boolean =>
    (value === undefined && !required) || (value === null && nullable === true);
  return applyDecorators(
    ApiProperty({ ...options, required, ...schema } as ApiPropertyOptions),
    ValidateIf((_, value) => !absent(value)),
    required ? NotNull : NotNullIfGiven,
    ...rules,
  );
}

/** A rule that shows the field's example, unless it names one itself. */
function withExample(rule: string, { example }: FieldOptions): string {
  const shown: unknown = Array.isArray(example) ? example[0] : example;
  return typeof shown !== 'string' || rule.includes('such as') ? rule : `${rule}, such as ${shown}`;
}

const sizes = (min: number, max: number): PropertyDecorator[] => [
  ArrayMinSize(min, { message: `$property must hold at least ${min}` }),
  ArrayMaxSize(max, { message: `$property must hold at most ${max.toLocaleString('en-US')}` }),
];

const oneOf = (allowed: readonly string[]): string => `one of ${allowed.join(', ')}`;

const notNull = (advice: string): PropertyDecorator =>
  ValidateBy(
    { name: 'notNull', validator: { validate: (value) => value !== null } },
    { message: `$property must not be null${advice}` },
  );
const NotNull = notNull('');
/** For an optional field. */
const NotNullIfGiven = notNull(': leave it out instead');

const Storable: PropertyDecorator = ValidateBy(
  { name: 'storable', validator: { validate: isStorable } },
  { message: '$property must hold no NUL characters and no broken Unicode' },
);

const Exact: PropertyDecorator = ValidateBy(
  { name: 'exact', validator: { validate: isExact } },
  { message: '$property must hold no number beyond 9007199254740991, which would lose digits: send it as text' },
);

const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?:(:\d{2})(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;
const FIRST_INSTANT = Date.UTC(1970);
const LAST_INSTANT = Date.UTC(10_000) - 1;

/** The time that a text denotes; undefined for an invalid one, such as the 31st of February, or one out of range. */
function readInstant(text: string): Date | undefined {
  const [, minute, second = ':00'] = INSTANT.exec(text) ?? [];
  if (minute === undefined) return undefined;
  const wall = new Date(`${minute}${second}Z`);
  const time = new Date(text);
  // JavaScript rolls a day not in the calendar over to the next month: then it reads back differently.
  if (Number.isNaN(wall.getTime()) || !wall.toISOString().startsWith(`${minute}${second}`)) return undefined;
  return time.getTime() >= FIRST_INSTANT && time.getTime() <= LAST_INSTANT ? time : undefined;
}
