/** The field types of a fault plan, each with its validation and OpenAPI schema. */
import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsObject, Max, Min, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import { Reads, readNested } from '../kernel/index.js';

/** The field may be omitted, but not null. */
export const Optional = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** An optional rate. */
export const Share = (description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ description, type: Number, minimum: 0, maximum: 1, example: 0.1 }),
    Optional(),
    Min(0, { message: '$property must be a share from 0 to 1' }),
    Max(1, { message: '$property must be a share from 0 to 1' }),
  );

/** An optional interval: 10 is every tenth. */
export const EveryNth = (): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional({ type: Number, minimum: 1, example: 10 }), Optional(), IsInt(), Min(1));

/** An optional object of its own class. */
export const Nested = (type: new () => object): PropertyDecorator =>
  applyDecorators(
    Optional(),
    IsObject({ message: '$property must be an object' }),
    ValidateNested(),
    Reads(readNested(() => type)),
  );

/** Not less than another number of the same object. */
export const NotBelow = (other: string): PropertyDecorator =>
  ValidateBy({
    name: 'notBelow',
    validator: {
      validate: (value: unknown, args) => {
        const least: unknown = args && Reflect.get(args.object, other);
        return typeof value !== 'number' || typeof least !== 'number' || value >= least;
      },
      defaultMessage: () => `$property must not be less than ${other}`,
    },
  });

/** An object of rates that are parts of a whole. A value outside 0 to 1 has its own rule. */
export const AddUpToOneAtMost = (): PropertyDecorator =>
  ValidateBy({
    name: 'addUpToOneAtMost',
    validator: {
      validate: (shares: unknown) => sum(Object.values(shares ?? {})) <= 1 + 1e-9,
      defaultMessage: () => '$property must add up to 1 at most',
    },
  });

const sum = (values: readonly unknown[]): number =>
  values.reduce<number>((total, value) => total + (typeof value === 'number' && value <= 1 ? value : 0), 0);
