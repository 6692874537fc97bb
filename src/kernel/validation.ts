/** Turns plain JSON into a validated DTO, and every fault into a field error with its JSON path. */
import { ValidationPipe } from '@nestjs/common';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validateSync, type ValidationError, type ValidatorOptions } from 'class-validator';
import { InvalidRequest, type FieldError } from './errors.js';

/** Unknown fields are refused, never ignored: a misspelt `sendAt` must not send now. Each field is told one fault, its first. */
const RULES: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
};

/** The global pipe: bodies, queries and path parameters that are DTO classes. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    ...RULES,
    transform: true,
    exceptionFactory: (faults) => new InvalidRequest(fieldErrors(faults)),
  });

/** Validates one object by hand, such as one item of a batch. Raises InvalidRequest. */
export function validated<T extends object>(type: ClassConstructor<T>, plain: unknown): T {
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    throw new InvalidRequest([{ path: '', message: 'must be an object' }]);
  }
  const instance = plainToInstance(type, plain);
  const faults = validateSync(instance, RULES);
  if (faults.length > 0) throw new InvalidRequest(fieldErrors(faults));
  return instance;
}

function fieldErrors(faults: readonly ValidationError[], parent = ''): FieldError[] {
  return faults.flatMap((fault) => {
    const path = /^\d+$/.test(fault.property)
      ? `${parent}[${fault.property}]`
      : parent
        ? `${parent}.${fault.property}`
        : fault.property;
    const own = Object.entries(fault.constraints ?? {}).map(([rule, message]) => ({
      path,
      message: sentence(rule, message, fault.property),
    }));
    return [...own, ...fieldErrors(fault.children ?? [], path)];
  });
}

function sentence(rule: string, message: string, property: string): string {
  return rule === 'whitelistValidation'
    ? `${property} is not a field of this request: check its spelling or leave it out`
    : message;
}
