/** Path parameters. */
import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { InvalidRequest } from '../errors.js';
import { isUuid } from '../uuid.js';

/** Rejects an id that is not a UUID with a sentence, before it reaches the database. */
class UuidPipe implements PipeTransform<string, string> {
  constructor(private readonly name: string) {}

  transform(value: string): string {
    if (!isUuid(value))
      throw new InvalidRequest([{ path: this.name, message: `${this.name} in the path must be an id (a UUID)` }]);
    return value.toLowerCase();
  }
}

/** Route parameter: an id in the path. */
export const IdParam =
  (name = 'id'): ParameterDecorator =>
  (controller, route, index) => {
    Param(name, new UuidPipe(name))(controller, route, index);
    const method = route === undefined ? undefined : Object.getOwnPropertyDescriptor(controller, route);
    if (route === undefined || !method) return;
    ApiParam({ name, schema: { type: 'string', format: 'uuid' } })(controller, route, method);
  };
