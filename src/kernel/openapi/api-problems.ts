/** Documents the errors of a route. */
import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { toProblem, type DomainError } from '../errors.js';

/** Problems attached to an operation, until the document is completed. */
export const PROBLEM_EXTENSION = 'x-problem-';

/**
 * Documents the errors of a route, or of each route of a controller, from real instances: their code, status and sentence
 * become the examples. Errors common to every route (no key, bad input, outage) are added automatically.
 */
export const ApiProblems = (...errors: readonly DomainError[]): MethodDecorator & ClassDecorator =>
  applyDecorators(...errors.map((error) => ApiExtension(`${PROBLEM_EXTENSION}${error.code}`, toProblem(error))));
