/**
 * The fields of request bodies and queries: each decorator states a rule once, for validation and for OpenAPI alike.
 * Every field takes `required: false` to be optional, a `description` and an `example`.
 */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type, type ClassConstructor } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDate,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';

export interface FieldOptions {
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly default?: unknown;
}

function field(options: FieldOptions, schema: ApiPropertyOptions, ...rules: PropertyDecorator[]): PropertyDecorator {
  const { required = true, description, example, default: fallback } = options;
  const shown = { required, ...(description && { description }), ...(example !== undefined && { example }) };
  const documented = { ...shown, ...(fallback !== undefined && { default: fallback }), ...schema } as ApiPropertyOptions;
  return applyDecorators(ApiProperty(documented), ...(required ? [] : [IsOptional()]), ...rules);
}

export interface TextOptions extends FieldOptions {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
  /** What the pattern means, as the end of "must be …". */
  readonly meaning?: string;
}

export function Text({ min = 1, max, pattern, meaning, ...options }: TextOptions): PropertyDecorator {
  const schema = { type: 'string', minLength: min, maxLength: max, ...(pattern && { pattern: pattern.source }) } as const;
  const rules = [IsString({ message: '$property must be a string' }), MaxLength(max), MinLength(min)];
  if (pattern) rules.push(Matches(pattern, { message: `$property must be ${meaning ?? `like ${pattern.source}`}` }));
  return field(options, schema, ...rules);
}

export const Id = (options: FieldOptions = {}): PropertyDecorator =>
  field(
    { example: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12', ...options },
    { type: 'string', format: 'uuid' },
    IsUUID('all', { message: '$property must be an id (a UUID)' }),
  );

export const Int = ({ min, max, ...options }: FieldOptions & { min: number; max: number }): PropertyDecorator =>
  field(options, { type: 'integer', minimum: min, maximum: max }, IsInt(), Min(min), Max(max));

/** A number in a query string. */
export const IntParam = (options: FieldOptions & { min: number; max: number }): PropertyDecorator =>
  applyDecorators(Int(options), Type(() => Number));

export const Flag = (options: FieldOptions = {}): PropertyDecorator =>
  field(options, { type: 'boolean' }, IsBoolean({ message: '$property must be true or false' }));

export const OneOf = (allowed: readonly string[], options: FieldOptions = {}): PropertyDecorator =>
  field(
    { example: allowed[0], ...options },
    { type: 'string', enum: [...allowed] },
    IsIn([...allowed], { message: `$property must be one of ${allowed.join(', ')}` }),
  );

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** An ISO 8601 instant with its offset, such as `2026-11-21T18:00:00Z`; arrives in the handler as a Date. */
export const Instant = (options: FieldOptions = {}): PropertyDecorator =>
  field(
    { example: '2026-11-21T18:00:00Z', ...options },
    { type: 'string', format: 'date-time' },
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' && INSTANT.test(value) ? new Date(value) : value)),
    IsDate({ message: '$property must be an ISO 8601 time with its offset, such as 2026-11-21T18:00:00Z' }),
  );

/** A JSON object of the caller's own. */
export const JsonObject = (options: FieldOptions = {}): PropertyDecorator =>
  field(options, { type: 'object', additionalProperties: true }, IsObject({ message: '$property must be an object' }));

export const Nested = (type: () => ClassConstructor<object>, options: FieldOptions = {}): PropertyDecorator =>
  field(
    options,
    { type },
    IsObject({ message: '$property must be an object' }),
    ValidateNested(),
    Type(type),
  );

export interface ListOptions extends FieldOptions {
  readonly min?: number;
  readonly max: number;
}

export const TextList = ({ min = 0, max, of, ...options }: ListOptions & { of: readonly string[] | RegExp }): PropertyDecorator =>
  field(
    options,
    { type: 'array', items: { type: 'string', ...(of instanceof RegExp ? {} : { enum: [...of] }) }, minItems: min, maxItems: max } as ApiPropertyOptions,
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    of instanceof RegExp
      ? Matches(of, { each: true, message: `each of $property must be like ${of.source}` })
      : IsIn([...of], { each: true, message: `each of $property must be one of ${of.join(', ')}` }),
  );

export const NestedList = (type: () => ClassConstructor<object>, { min = 1, max, ...options }: ListOptions): PropertyDecorator =>
  field(
    options,
    { type, isArray: true, minItems: min, maxItems: max } as ApiPropertyOptions,
    IsArray({ message: '$property must be a list' }),
    ArrayMinSize(min, { message: `$property must hold at least ${min}` }),
    ArrayMaxSize(max, { message: `$property must hold at most ${max}` }),
    ValidateNested({ each: true }),
    Type(type),
  );

/** Any value at all, so long as it is there. */
export const Anything = (options: FieldOptions = {}): PropertyDecorator => field(options, {}, IsNotEmpty());
