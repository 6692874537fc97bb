/** Fields that are lists. */
import type { Type } from '@nestjs/common';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsObject, ValidateBy, ValidateNested } from 'class-validator';
import { Reads, readNestedList } from './dto-reader.js';
import { field, Storable, type FieldOptions } from './field.js';

export interface ListOptions extends FieldOptions {
  readonly min?: number;
  readonly max: number;
}

/** A list of words out of a few, or of texts under a rule; `meaning` is the rule as the end of "must be …". */
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
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    ValidateBy(
      {
        name: 'textList',
        validator: { validate: typeof of === 'function' ? of : (word) => of.includes(word as string) },
      },
      { each: true, message: `each of $property must be ${meaning ?? `one of ${of.join(', ')}`}` },
    ),
    Storable,
  );

/** A list of objects of one class. */
export const NestedList = (type: () => Type<object>, { min = 0, max, ...options }: ListOptions): PropertyDecorator =>
  field(
    options,
    { type: () => type(), isArray: true, minItems: min, maxItems: max },
    IsArray({ message: '$property must be a list' }),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    IsObject({ each: true, message: 'each of $property must be an object' }),
    ValidateNested({ each: true }),
    Reads(readNestedList(type)),
  );
