/** Reads what was typed. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { CliContext } from './context.js';

/** A command of one or two words. */
export interface CliCommand {
  readonly name: string;
  /** One line of the list of commands. */
  readonly summary: string;
  /** All its options. */
  readonly usage: string;
  /** The exit code: 0 if all is well, 1 if not. Raises UsageError, CommandFailed and BadConfiguration. */
  run(args: readonly string[], context: CliContext): Promise<number>;
}

/** What was typed cannot be understood: the message says why. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

/** The values of a command's options, and nothing else. Raises UsageError. */
export function readOptions<Given extends Options>(
  args: readonly string[],
  options: Given,
): ReturnType<typeof parseArgs<{ options: Given }>>['values'] {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    if (!(error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')))
      throw error;
    const [first = error.message] = error.message.split(/\. |\n/);
    throw new UsageError(first.replace(/\.?$/, '.'), { cause: error });
  }
}

/** Raises UsageError if a value is not one of these. */
export function oneOf<Name extends string>(option: string, value: string | undefined, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new UsageError(`--${option} is one of ${names.join(', ')}.`);
  return found;
}
