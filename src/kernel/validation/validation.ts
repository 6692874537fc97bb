/** Turns JSON into a validated DTO, and every error into a field error with its JSON path. */
import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { validateSync, type ValidationError, type ValidatorOptions } from 'class-validator';
import { isObject, pathOf, readDto } from './dto-reader.js';
import { InvalidRequest, type FieldError } from '../errors.js';

/** One error is reported per field, the first. */
const RULES: ValidatorOptions = { forbidUnknownValues: true, stopAtFirstError: true };
/** Errors reported per object: a response must not be much larger than its request. */
const MOST_FAULTS = 100;
const PLAIN_TYPES: readonly unknown[] = [String, Number, Boolean, Array, Object];

/** The global pipe: bodies, queries and path parameters that are DTO classes. */
export class DtoPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom' || !metatype || PLAIN_TYPES.includes(metatype)) return value;
    const plain = value === undefined ? {} : value; // a request without a body lacks required fields, and the errors name them
    if (!isObject(plain)) throw new InvalidRequest([{ path: '', message: 'The request body must be a JSON object' }]);
    return validated(metatype as Type<object>, plain);
  }
}

/**
 * Validates one object by hand, such as one item of a batch. Unknown fields are rejected, never ignored: a misspelt `sendAt`
 * must not send now. Raises InvalidRequest.
 */
export function validated<T extends object>(type: Type<T>, plain: unknown): T {
  if (!isObject(plain)) throw new InvalidRequest([{ path: '', message: 'must be an object' }]);
  const strays: FieldError[] = [];
  const instance = readDto(type, plain, '', strays);
  const faults = [...strays, ...fieldErrors(validateSync(instance, RULES))];
  if (faults.length > 0) throw new InvalidRequest(faults.slice(0, MOST_FAULTS));
  return instance;
}

function fieldErrors(faults: readonly ValidationError[], parent = ''): FieldError[] {
  return faults.flatMap(({ property, constraints = {}, children = [] }) => {
    const path = /^\d+$/.test(property) ? `${parent}[${property}]` : pathOf(parent, property);
    const own = Object.values(constraints).map((message) => ({ path, message: message.replace(property, () => path) }));
    return [...own, ...fieldErrors(children, path)];
  });
}
