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
  );

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
