/** Commands as they are declared, and what was typed as they are given it. */
import { parseArgs } from 'node:util';
import { closestName } from '../kernel/index.js';
import type { CliContext } from './context.js';

/** An option of a command. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** One line of the command's help. */
  readonly meaning: string;
  /** What stands for its value in the help; by default the option's name. */
  readonly value?: string;
  /** The only values that it takes. */
  readonly oneOf?: readonly string[];
  readonly required?: true;
  /** It may be given more than once. */
  readonly multiple?: true;
}

export type Options = Readonly<Record<string, Option>>;
/** What each argument means, in their order; all are required. */
export type Arguments = Readonly<Record<string, string>>;

type Text<Of> = Of extends { readonly oneOf: readonly (infer Name extends string)[] } ? Name : string;
type Value<Of> = Of extends { readonly type: 'boolean' }
  ? boolean
  : Of extends { readonly multiple: true }
    ? readonly Text<Of>[]
    : Of extends { readonly required: true }
      ? Text<Of>
      : Text<Of> | undefined;

/** Names that are declared, not any name that might be. */
type Declared<Name> = string extends Name ? never : Name;

/** The values of what was typed, by name. */
export type Typed<Given extends Options, Named extends Arguments = Arguments> = {
  readonly [Name in keyof Given as Declared<Name>]: Value<Given[Name]>;
} & { readonly [Name in keyof Named as Declared<Name>]: string };

/** What help, errors and completion know of a command. */
export interface CommandHelp {
  /** One or two words. */
  readonly name: string;
  /** One line of the list of commands. */
  readonly summary: string;
  /** What else there is to know: paragraphs. */
  readonly details?: string;
  readonly arguments?: Arguments;
  readonly options?: Options;
  /** What follows `npm run callboard --`, at least one. */
  readonly examples: readonly string[];
}

export interface CliCommand extends CommandHelp {
  /** The exit code: 0 if all is well, 1 if not. Raises UsageError, CommandFailed, Refused and BadConfiguration. */
  run(args: readonly string[], context: CliContext): Promise<number>;
}

interface Declaration<Given extends Options, Named extends Arguments> extends CommandHelp {
  readonly arguments?: Named;
  readonly options?: Given;
  run(typed: Typed<Given, Named>, context: CliContext): Promise<number>;
}

/** What was typed cannot be understood: the message says why. */
export class UsageError extends Error {}

/** A command that is given what was typed by name. Raises UsageError, when run, for what it does not know or lacks. */
export const command = <const Given extends Options, const Named extends Arguments>(
  declared: Declaration<Given, Named>,
): CliCommand => ({
  ...declared,
  run: (args, context) => declared.run(read(args, declared) as Typed<Given, Named>, context),
});

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

function read(args: readonly string[], { arguments: named = {}, options = {} }: CommandHelp): Values {
  const { values, positionals } = parse(args, options);
  const names = Object.keys(named);
  const [lacking] = names.slice(positionals.length);
  if (lacking !== undefined) throw new UsageError(`<${lacking}> is missing: ${named[lacking]}.`);
  const [beyond] = positionals.slice(names.length);
  if (beyond !== undefined) throw new UsageError(`"${beyond}" is one too many: see the usage.`);
  const typed: Values = Object.fromEntries(names.map((name, place) => [name, positionals[place]]));
  for (const [name, option] of Object.entries(options)) typed[name] = valueOf(name, option, values[name]);
  return typed;
}

function valueOf(name: string, option: Option, value: Values[string]): Values[string] {
  if (option.type === 'boolean') return value ?? false;
  const texts = [value ?? []].flat().map(String);
  if (option.oneOf && (option.required || texts.length > 0)) {
    for (const text of texts.length === 0 ? [undefined] : texts) oneOf(name, text, option.oneOf);
  }
  if (option.required && texts.length === 0) throw new UsageError(`--${name} is missing: ${option.meaning}.`);
  return option.multiple ? texts : texts[0];
}

/** Raises UsageError if a value is not one of these. */
export function oneOf<Name extends string>(option: string, value: string | undefined, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  const meant = value === undefined ? undefined : closestName(value, names);
  const hint = meant === undefined ? '.' : `: is it ${meant}?`;
  throw new UsageError(`--${option} is one of ${names.join(', ')}${hint}`);
}

const PARSE_ERROR = 'ERR_PARSE_ARGS';

function parse(args: readonly string[], options: Options): { values: Values; positionals: string[] } {
  const known = Object.entries(options).map(
    ([name, { type, multiple = false }]) => [name, { type, multiple }] as const,
  );
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(known), allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError && 'code' in error && String(error.code).startsWith(PARSE_ERROR))) throw error;
    const [first = error.message] = error.message.split(/\. |\n/);
    const [, unknown = ''] = /^Unknown option '(--[^']+)'/.exec(first) ?? [];
    const meant = closestName(unknown, Object.keys(options));
    const problem = meant === undefined ? first.replace(/\.?$/, '.') : `Unknown option '${unknown}': is it --${meant}?`;
    throw new UsageError(problem, { cause: error });
  }
}
