/** Fields with their own rules: evidence, past times, and the contacts of an import. */
import { applyDecorators, type Type } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { Instant, JsonObject, OneOf, UncheckedList, type FieldOptions } from '../kernel/index.js';
import { OPT_OUT_CATEGORIES } from './consent.entity.js';

const IMPORT_LIMIT = 1_000;
export const EVIDENCE_BYTES = 4_096;
/** Milliseconds that a caller's clock may be ahead of ours. */
const CLOCK_SKEW = 300_000;

const NotEmptyObject = ValidateBy(
  { name: 'notEmpty', validator: { validate: (value) => JSON.stringify(value) !== '{}' } },
  { message: '$property must hold at least one field' },
);

/** Evidence of a decision: a small JSON object of the caller's own, not empty if required. */
export const Evidence = ({ required = false } = {}): PropertyDecorator =>
  applyDecorators(
    JsonObject({
      required,
      description: `What proves it, as at most ${EVIDENCE_BYTES} bytes of JSON`,
      example: { orderId: 'R-1042', ip: '192.0.2.7' },
    }),
    ValidateBy(
      {
        name: 'isSmall',
        validator: { validate: (value) => Buffer.byteLength(JSON.stringify(value)) <= EVIDENCE_BYTES },
      },
      { message: `$property must be at most ${EVIDENCE_BYTES} bytes of JSON` },
    ),
    ...(required ? [NotEmptyObject] : []),
  );

/** What an opt-out is of alone. An opt-in, which is always of everything, takes none. */
export const CategoryOfOptOut = (): PropertyDecorator =>
  applyDecorators(
    OneOf(OPT_OUT_CATEGORIES, {
      required: false,
      description: 'What an opt-out is of alone: tickets and the like still go. Of everything where absent',
    }),
    ValidateBy(
      {
        name: 'isOfOptOut',
        validator: { validate: (_, told) => !(told && 'status' in told.object && told.object.status === 'opted_in') },
      },
      { message: '$property belongs to an opt-out: an opt-in is of everything, so leave it out' },
    ),
  );

/** Beyond what clocks may differ by. */
export const isInFuture = (time: Date): boolean => time.getTime() > Date.now() + CLOCK_SKEW;

/** When something happened: a future time, beyond clock differences, is an error. */
export const PastInstant = (options: FieldOptions): PropertyDecorator =>
  applyDecorators(
    Instant(options),
    ValidateBy(
      {
        name: 'hasPassed',
        validator: { validate: (value) => !(value instanceof Date && isInFuture(value)) },
      },
      { message: '$property must not be in the future' },
    ),
  );

/** A list of contacts that are validated one by one: an invalid one is reported in `errors` and does not affect the others. */
export const Contacts = (type: () => Type<object>): PropertyDecorator =>
  UncheckedList(type, { min: 1, max: IMPORT_LIMIT });
