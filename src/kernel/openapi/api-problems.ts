/** Documents the errors of a route. */
import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { toProblem, type DomainError } from '../errors.js';

/** Where an operation keeps its problems until the document is completed. */
export const PROBLEM_EXTENSION = 'x-problem-';

/**
 * Documents the errors a route, or each route of a controller, answers with, from real instances: their code, status and sentence
 * become the examples. What every route has in common (no key, bad input, outage) needs no mention.
 */
export const ApiProblems = (...errors: readonly DomainError[]): MethodDecorator & ClassDecorator =>
  applyDecorators(...errors.map((error) => ApiExtension(`${PROBLEM_EXTENSION}${error.code}`, toProblem(error))));
