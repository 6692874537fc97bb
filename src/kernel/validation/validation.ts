/** Turns JSON into a validated DTO, and every error into a field error with its JSON path. */
import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { validateSync, type ValidationError, type ValidatorOptions } from 'class-validator';
import { isObject, readDto } from './dto-reader.js';
import { fits } from './fits.js';
import { InvalidRequest, type FieldError } from '../errors.js';
import { pathOf } from './shape.js';
import { MOST_FAULTS, UnknownFields } from './unknown-fields.js';

/** One error is reported per field, the first. */
const RULES: ValidatorOptions = { forbidUnknownValues: true, stopAtFirstError: true };
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
  const unknown = new UnknownFields(type);
  const instance = readDto(type, plain, '', unknown);
  const faults = [...unknown.errors, ...(fits(instance) ? [] : fieldErrors(validateSync(instance, RULES)))];
  if (faults.length > 0) throw new InvalidRequest(faults.slice(0, MOST_FAULTS));
  return instance;
}

function fieldErrors(faults: readonly ValidationError[], parent = ''): FieldError[] {
  return faults.flatMap(({ property, value, constraints = {}, children = [] }) => {
    const path = /^\d+$/.test(property) ? `${parent}[${property}]` : pathOf(parent, property);
    const own = Object.values(constraints).map((rule) => ({ path, message: messageOf(rule, property, path, value) }));
    return [...own, ...fieldErrors(children, path)];
  });
}

/** An absent value breaks every rule: the first to complain about it says nothing of use. */
function messageOf(rule: string, property: string, path: string, value: unknown): string {
  return value === undefined ? `${path} is missing` : rule.replace(property, () => path);
}
