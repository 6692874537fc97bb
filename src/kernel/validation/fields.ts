/**
 * The fields of request bodies and queries: each decorator states a rule once, for validation and for OpenAPI alike.
 * Every field takes `required: false` to be optional, `nullable: true` where null means something of its own, a `description`
 * and an `example`.
 */
import { applyDecorators, type Type } from '@nestjs/common';
import {
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
  ValidateNested,
} from 'class-validator';
import { Reads, readNested } from './dto-reader.js';
import { Exact, field, readInstant, Storable, type FieldOptions } from './field.js';

export type { FieldOptions } from './field.js';

export interface TextOptions extends FieldOptions {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
  /** What the pattern means, as the end of "must be …". */
  readonly meaning?: string;
}

export function Text({ min = 1, max, pattern, meaning, ...options }: TextOptions): PropertyDecorator {
  const schema = {
    type: 'string',
    minLength: min,
    maxLength: max,
    ...(pattern && { pattern: pattern.source }),
  } as const;
  const rules = [IsString({ message: '$property must be a string' }), MaxLength(max), MinLength(min)];
  if (pattern) rules.push(Matches(pattern, { message: `$property must be ${meaning ?? `like ${pattern.source}`}` }));
  return field(options, schema, ...rules, Storable);
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

export const OneOf = (allowed: readonly string[], options: FieldOptions = {}): PropertyDecorator =>
  field(
    options,
    { type: 'string', enum: [...allowed] },
    IsIn([...allowed], { message: `$property must be one of ${allowed.join(', ')}` }),
  );

/** An ISO 8601 instant with its offset, such as `2026-11-21T18:00:00Z`, from 1970 to 9999; arrives in the handler as a Date. */
export const Instant = (options: FieldOptions = {}): PropertyDecorator =>
  field(
    options,
    { type: 'string', format: 'date-time' },
    Reads((value) => (typeof value === 'string' ? readInstant(value) : value)),
    IsDate({ message: '$property must be an ISO 8601 time with its offset, such as 2026-11-21T18:00:00Z' }),
  );

/** A JSON object of the caller's own, kept as it came. */
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
