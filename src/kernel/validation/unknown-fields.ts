/** The unknown fields of a request, each with the one that was probably meant. */
import type { Type } from '@nestjs/common';
import { closestName } from '../closest-name.js';
import type { FieldError } from '../errors.js';
import { pathOf, placesIn, type UnknownFieldLog } from './shape.js';

/** Errors reported per object: a response must not be much larger than its request. */
export const MOST_FAULTS = 100;
/** Characters of an unknown field's name that are quoted. */
const SHOWN = 100;

/** Collects the fields that a request of the class `root` does not have. */
export class UnknownFields implements UnknownFieldLog {
  readonly errors: FieldError[] = [];

  constructor(private readonly root: Type<object>) {}

  add(type: Type<object>, parent: string, name: string): void {
    if (this.errors.length >= MOST_FAULTS) return;
    const path = pathOf(parent, shown(name));
    const meant = this.meant(type, parent, name);
    const advice = meant === undefined ? 'check its spelling or leave it out' : `did you mean ${meant}?`;
    this.errors.push({ path, message: `${path || '""'} is not a field of this request: ${advice}` });
  }

  /** The same name further inside, a similar one beside it, or the same or a similar one anywhere. */
  private meant(type: Type<object>, parent: string, name: string): string | undefined {
    const inside = placesIn(type, parent);
    const beside = inside.filter((place) => place.path === pathOf(parent, place.name));
    const anywhere = placesIn(this.root);
    const same = inside.find((place) => place.name === name) ?? similar(beside, name);
    return (same ?? anywhere.find((place) => place.name === name) ?? similar(inside, name) ?? similar(anywhere, name))
      ?.path;
  }
}

function similar<Named extends { readonly name: string }>(places: readonly Named[], name: string): Named | undefined {
  const closest = closestName(
    name,
    places.map((place) => place.name),
  );
  return places.find((place) => place.name === closest);
}

export const shown = (name: string): string => (name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name);
