/** Derives from liquidjs's errors what is wrong with a template or its data, without quoting a value of the data. */
import { LiquidError, UndefinedVariableError } from 'liquidjs';
import { LIMITS } from './limits.js';
import { TimeUsedUp } from './allowance.js';
import { UnusableValue } from './printing.js';
import { TemplateRenderError, TemplateSyntaxError, TemplateTooExpensive, TemplateTooSlow } from '../template.errors.js';

const REASONS: Readonly<Record<string, string>> = {
  'parse length limit exceeded': `is longer than ${LIMITS.source} characters`,
  'memory alloc limit exceeded': `makes more than ${LIMITS.made} characters while it renders`,
};

/** An error while parsing a part. */
export function parseFault(part: string, error: unknown): unknown {
  const cause = causeOf(error);
  if (isOverflow(cause)) return new TemplateTooExpensive(part, 'has tags too deep within each other');
  const reason = limitReason(cause);
  if (reason) return new TemplateTooExpensive(part, reason);
  if (!LiquidError.is(error)) return error;
  const [line = 1, column = 1] = error.token.getPosition();
  // liquidjs appends the place, and perhaps another error class's message, to the reason.
  return new TemplateSyntaxError(part, line, column, error.message.replace(/(, line:\d+, col:\d+)+$/, ''));
}

/**
 * If the stack ends inside liquidjs's error handling, only the message is left. V8 says the same of a regular expression that is
 * first compiled where little stack is left.
 */
const isOverflow = (cause: unknown): boolean =>
  cause instanceof RangeError || (cause instanceof Error && OVERFLOW.test(cause.message));

const OVERFLOW = /^(Invalid regular expression: .*: )?(Maximum call stack size exceeded|Stack overflow)/s;

export interface RenderFaults {
  /** The missing variables, as named in the template. */
  readonly missing: readonly string[];
  /** The first fault other than a missing variable: a TemplateError, or an unforeseen error. */
  readonly other: unknown;
}

/** Errors while rendering a part; liquidjs continues after an error and throws all of them together. */
export function renderFaults(part: string, thrown: unknown): RenderFaults {
  const errors = [...each(thrown)];
  const others = errors.filter((error) => !isAbsence(error));
  return {
    missing: errors.filter(isAbsence).map((error) => error.token.getText()),
    other: others.length > 0 ? renderFault(part, others[0]) : undefined,
  };
}

function* each(thrown: unknown): Generator {
  if (thrown instanceof Error && thrown.name === 'LiquidErrors' && 'errors' in thrown && Array.isArray(thrown.errors)) {
    for (const error of thrown.errors as unknown[]) yield* each(error);
  } else yield thrown;
}

/** liquidjs reports any failure while reading a variable as undefined. */
function isAbsence(error: unknown): error is UndefinedVariableError {
  return error instanceof UndefinedVariableError && error.originalError?.name === 'InternalUndefinedVariableError';
}

function renderFault(part: string, error: unknown): unknown {
  const cause = causeOf(error);
  const reason = limitReason(cause);
  if (reason) return new TemplateTooSlow(part, reason);
  if (!LiquidError.is(error)) return error;
  const [line = 1, column = 1] = error.token.getPosition();
  const safe =
    cause instanceof UnusableValue ? cause.message : 'a filter or tag cannot work with the value it is given';
  return new TemplateRenderError(part, line, column, safe);
}

function causeOf(error: unknown): unknown {
  return LiquidError.is(error) && error.originalError ? causeOf(error.originalError) : error;
}

function limitReason(cause: unknown): string | undefined {
  if (cause instanceof TimeUsedUp) return `takes longer than ${LIMITS.milliseconds} ms to render`;
  return cause instanceof Error && cause.name === 'AssertionError' ? REASONS[cause.message] : undefined;
}
