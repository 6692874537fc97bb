/** Errors in log lines: what went wrong, without the message, which may quote a row or an address. */
import { sqlErrorOf } from './database-errors.js';

/** By SQLSTATE, or by its class where all of it means the same. */
const MEANINGS: Readonly<Record<string, string>> = {
  '08': 'the connection broke',
  '22': 'a value that the database cannot hold',
  '23': 'a constraint is violated',
  '23502': 'a value is missing',
  '23503': 'what it refers to is missing, or is still referred to',
  '23505': 'it exists already',
  '23514': 'a check is violated',
  '25006': 'the database is read-only',
  '28': 'the role may not log in',
  '40001': 'a concurrent change came first',
  '40P01': 'a deadlock',
  '42501': 'the role lacks a privilege: run `npm run migrate -- --grant-to ROLE` as the owner of the tables',
  '42703': 'a column is missing',
  '42883': 'a function is missing',
  '42P01': 'a table is missing',
  '53': 'the server is out of resources',
  '55P03': 'a lock was not to be had',
  '57014': 'it was cancelled, or took too long',
  '57': 'the server is starting or stopping',
  P0001: 'a trigger or function refused it',
};

/**
 * Its name and where it was thrown; for an error of PostgreSQL its SQLSTATE, what that means, and the table or constraint, which
 * are names of ours.
 */
export function errorLine(error: unknown): string {
  const failure = sqlErrorOf(error);
  if (failure) {
    const { state, names } = failure;
    const meaning = MEANINGS[state] ?? MEANINGS[state.slice(0, 2)];
    return [`SQLSTATE ${state}`, ...(meaning === undefined ? [] : [meaning]), ...names].join(', ');
  }
  if (!(error instanceof Error)) return 'unknown error';
  const frame = frameOf(error);
  return frame === undefined ? error.name : `${error.name} ${frame}`;
}

/** The innermost frame of its stack; a message has lines of its own before it. */
export function frameOf({ stack = '', message }: Error): string | undefined {
  const after = stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : stack;
  return after
    .split('\n')
    .map((line) => line.trim())
    .find((line) => /^at .*:\d+:\d+\)?$/.test(line));
}
