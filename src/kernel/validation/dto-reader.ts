/**
 * Creates DTO instances from JSON. Instead of class-transformer, which drops fields named like those of every object
 * (`constructor`, `toString`), even deep in a caller's own data, and runs what a `constructor` holds.
 */
import type { Type } from '@nestjs/common';
import { fieldsOf, pathOf, type Reader, type UnknownFieldLog } from './shape.js';
import { shown } from './unknown-fields.js';

/** Reads an object of its own class. */
export const readNested = (type: () => Type<object>): Reader =>
  Object.assign(objectReader(type), { holds: { type, isList: false } });

/** Reads a list of such. */
export function readNestedList(type: () => Type<object>): Reader {
  const readOne = objectReader(type);
  const readAll: Reader = (value, path, unknown) =>
    Array.isArray(value) ? value.map((item: unknown, index) => readOne(item, `${path}[${index}]`, unknown)) : value;
  return Object.assign(readAll, { holds: { type, isList: true } });
}

/** Leaves a list of such unread, for the handler to validate one by one. */
export const leaveNestedList = (type: () => Type<object>): Reader =>
  Object.assign((value: unknown) => value, { holds: { type, isList: true } });

const objectReader =
  (type: () => Type<object>): Reader =>
  (value, path, unknown) =>
    isObject(value) ? readDto(type(), value, path, unknown) : value;

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An instance with the fields its class has rules for; any other field is added to `unknown`. */
export function readDto<T extends object>(type: Type<T>, plain: object, path: string, unknown: UnknownFieldLog): T {
  const instance = new type();
  const fields = fieldsOf(type);
  for (const [name, value] of Object.entries(plain)) {
    if (!fields.has(name)) unknown.add(type, path, name);
    else if (value !== undefined)
      Reflect.set(instance, name, fields.get(name)?.(value, pathOf(path, shown(name)), unknown) ?? value);
  }
  return instance;
}
