/** Fields that only definitions of automations have. */
import { ApiProperty } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import { ValidateBy, ValidateIf } from 'class-validator';
import { Text, TextList, type FieldOptions } from '../../kernel/index.js';
import { TEMPLATE_KEY } from '../../templates/index.js';

const HOUR = /^([01]\d|2[0-3]):[0-5]\d$/;
const MOST_VALUES = 100;

/** A type of event. */
export const EventType = (options: FieldOptions = {}): PropertyDecorator =>
  Text({ max: 100, pattern: /^[A-Za-z][\w.-]*$/, meaning: 'a type of event', ...options });

/** A time of day. */
export const Hour = (options: FieldOptions = {}): PropertyDecorator =>
  Text({ max: 5, pattern: HOUR, meaning: 'a time of day such as 21:00', ...options });

/** An ISO 8601 duration under a rule. */
export const DurationText = ({
  of,
  meaning,
  ...options
}: FieldOptions & { readonly of: (text: unknown) => boolean; readonly meaning: string }): PropertyDecorator =>
  applyDecorators(
    Text({ max: 40, ...options }),
    whenGiven(
      options,
      ValidateBy({ name: 'duration', validator: { validate: of } }, { message: `$property must be ${meaning}` }),
    ),
  );

/** Keys of templates, at least one. */
export const TemplateKeys = (options: FieldOptions & { readonly max: number }): PropertyDecorator =>
  TextList({
    min: 1,
    of: (key) => typeof key === 'string' && key.length <= 100 && TEMPLATE_KEY.pattern.test(key),
    meaning: 'the key of a template',
    ...options,
  });

/** A text, number or boolean, or a list of them. */
export const ConditionValue = (options: FieldOptions): PropertyDecorator => {
  const scalar = [{ type: 'string' as const }, { type: 'number' as const }, { type: 'boolean' as const }];
  return applyDecorators(
    ApiProperty({ ...options, oneOf: [...scalar, { type: 'array', items: { oneOf: scalar }, maxItems: MOST_VALUES }] }),
    whenGiven(
      options,
      ValidateBy(
        { name: 'conditionValue', validator: { validate: isConditionValue } },
        { message: `$property must be a text, a number, true or false, or a list of at most ${MOST_VALUES} of them` },
      ),
    ),
  );
};

function isConditionValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length <= MOST_VALUES && value.every(isScalar);
  return isScalar(value);
}

const isScalar = (value: unknown): boolean =>
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && value.length <= 500);

const whenGiven = ({ required = true }: FieldOptions, rule: PropertyDecorator): PropertyDecorator =>
  applyDecorators(
    ValidateIf((_, value) => required || value !== undefined),
    rule,
  );
