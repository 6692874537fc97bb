/** Fields with a rule of their own: evidence, and times that have passed. */
import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { Instant, JsonObject, type FieldOptions } from '../kernel/index.js';

const EVIDENCE_BYTES = 4_096;
/** Milliseconds that a caller's clock may be ahead of ours. */
const CLOCK_SKEW = 300_000;

/** What proves a decision: a small JSON object of the caller's own, optional. */
export const Evidence = (): PropertyDecorator =>
  applyDecorators(
    JsonObject({
      required: false,
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
    ValidateBy(
      { name: 'isStorable', validator: { validate: isStorable } },
      { message: '$property must hold no NUL characters and no broken Unicode' },
    ),
  );

/** PostgreSQL's jsonb takes neither U+0000 nor half of a surrogate pair. */
function isStorable(value: unknown): boolean {
  let storable = true;
  JSON.stringify(value, (key, inner: unknown) => {
    const texts = typeof inner === 'string' ? [key, inner] : [key];
    storable &&= texts.every((text) => text.isWellFormed() && !text.includes('\0'));
    return inner;
  });
  return storable;
}

/** When something happened: a time to come, beyond what clocks differ, is a mistake. */
export const PastInstant = (options: FieldOptions): PropertyDecorator =>
  applyDecorators(
    Instant(options),
    ValidateBy(
      {
        name: 'hasPassed',
        validator: { validate: (value) => !(value instanceof Date && value.getTime() > Date.now() + CLOCK_SKEW) },
      },
      { message: '$property must not be in the future' },
    ),
  );
