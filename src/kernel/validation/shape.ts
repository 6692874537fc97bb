/** The shapes of DTO classes: their fields, and what is inside them. */
import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';

/** Takes the fields of a request that its shape does not have. */
export interface UnknownFieldLog {
  /** `type` is the class of the object at `parent`. */
  add(type: Type<object>, parent: string, name: string): void;
}

/** Converts a JSON value for the handler, or leaves a value that does not fit, for its rule to reject. */
export interface Reader {
  (value: unknown, path: string, unknown: UnknownFieldLog): unknown;
  /** The class of the object in the field, or of each object in its list. */
  readonly holds?: { readonly type: () => Type<object>; readonly isList: boolean };
}

type Fields = ReadonlyMap<string, Reader | undefined>;

const READERS = new Map<object, Map<string, Reader>>();
const FIELDS = new WeakMap<object, Fields>();

/** How a field is read; by default, unchanged. */
export const Reads =
  (read: Reader): PropertyDecorator =>
  (prototype, name) => {
    const readers = READERS.get(prototype) ?? new Map<string, Reader>();
    READERS.set(prototype, readers.set(String(name), read));
  };

/** The names with class-validator rules, inherited ones included, and how each is read. */
export function fieldsOf(type: Type<object>): Fields {
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

/** A field, and its place below the object that was asked about. */
export interface Place {
  readonly name: string;
  readonly path: string;
}

/** All fields of a class and of the objects inside, the outer ones first. A list shows its first object. */
export function placesIn(type: Type<object>, parent = '', levels = 4): Place[] {
  const fields = [...fieldsOf(type)];
  const own = fields.map(([name]) => ({ name, path: pathOf(parent, name) }));
  const inner = fields.flatMap(([name, reader]) => {
    if (!reader?.holds || levels === 0) return [];
    const { type: held, isList } = reader.holds;
    return placesIn(held(), `${pathOf(parent, name)}${isList ? '[0]' : ''}`, levels - 1);
  });
  return [...own, ...inner].toSorted((one, other) => depthOf(one) - depthOf(other));
}

export const pathOf = (parent: string, name: string): string => (parent === '' ? name : `${parent}.${name}`);

const depthOf = ({ path }: Place): number => path.split('.').length;
