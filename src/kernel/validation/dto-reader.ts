/**
 * Creates DTO instances from JSON. Instead of class-transformer, which drops fields named like those of every object
 * (`constructor`, `toString`), even deep in a caller's own data, and runs what a `constructor` holds.
 */
import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { FieldError } from '../errors.js';

/** Converts a JSON value for the handler, or leaves a value that does not fit, for its rule to reject. */
export type Reader = (value: unknown, path: string, strays: FieldError[]) => unknown;

type Fields = ReadonlyMap<string, Reader | undefined>;

const READERS = new Map<object, Map<string, Reader>>();
const FIELDS = new WeakMap<object, Fields>();
const STRAY = 'is not a field of this request: check its spelling or leave it out';
/** Characters of an unknown field's name that are quoted. */
const SHOWN = 100;

/** How a field is read; by default, unchanged. */
export const Reads =
  (read: Reader): PropertyDecorator =>
  (prototype, name) => {
    const readers = READERS.get(prototype) ?? new Map<string, Reader>();
    READERS.set(prototype, readers.set(String(name), read));
  };

/** Reads an object of its own class. */
export const readNested =
  (type: () => Type<object>): Reader =>
  (value, path, strays) =>
    isObject(value) ? readDto(type(), value, path, strays) : value;

/** Reads a list of such. */
export const readNestedList =
  (type: () => Type<object>): Reader =>
  (value, path, strays) =>
    Array.isArray(value)
      ? value.map((item: unknown, index) => readNested(type)(item, `${path}[${index}]`, strays))
      : value;

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An instance with the fields its class has rules for; any other field adds an error to `strays`. */
export function readDto<T extends object>(type: Type<T>, plain: object, path: string, strays: FieldError[]): T {
  const instance = new type();
  const fields = fieldsOf(type);
  for (const [name, value] of Object.entries(plain)) {
    const place = pathOf(path, shown(name));
    if (!fields.has(name)) strays.push({ path: place, message: `${place || '""'} ${STRAY}` });
    else if (value !== undefined) Reflect.set(instance, name, fields.get(name)?.(value, place, strays) ?? value);
  }
  return instance;
}

export const pathOf = (parent: string, name: string): string => (parent === '' ? name : `${parent}.${name}`);

const shown = (name: string): string => (name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name);

/** The names with class-validator rules, inherited ones included, and how each is read. */
function fieldsOf(type: Type<object>): Fields {
  const known = FIELDS.get(type);
  if (known) return known;
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const fields = new Map(rules.map(({ propertyName: name }) => [name, readerOf(type.prototype as object, name)]));
  FIELDS.set(type, fields);
  return fields;
}

function readerOf(prototype: object | null, name: string): Reader | undefined {
  if (prototype === null) return undefined;
  return READERS.get(prototype)?.get(name) ?? readerOf(Object.getPrototypeOf(prototype) as object | null, name);
}
