/** The help of the command line, at each level: written from the table of commands alone. */
import { wrap } from '../terminal/index.js';
import type { CliCommand, CommandHelp, Option } from './command-line.js';

export const PROGRAM = 'npm run callboard --';
const WIDTH = 110;
const GAP = 2;

/** Commands that begin with the same word; or one command that has no second. */
export interface CliGroup {
  readonly name: string;
  /** What they are about. */
  readonly about: string;
  readonly commands: readonly CliCommand[];
}

/** All commands, group by group. */
export function usageOfAll(groups: readonly CliGroup[]): string {
  const names = groups.flatMap(({ commands }) => commands.map(({ name }) => name));
  const width = Math.max(...names.map(({ length }) => length));
  const lists = groups.map(({ commands }) => commands.map((one) => lineOf(one.name, one.summary, width)).join('\n'));
  return `Usage: ${PROGRAM} <command> [options]

${lists.join('\n\n')}

\`${PROGRAM} <command> --help\` explains one.`;
}

/** The commands of one group. */
export function usageOfGroup({ name, about, commands }: CliGroup): string {
  const width = Math.max(...commands.map((one) => one.name.length));
  return `Usage: ${PROGRAM} ${name} <command> [options]

${sentence(about)}

${commands.map((one) => lineOf(one.name, one.summary, width)).join('\n')}

\`${PROGRAM} ${name} <command> --help\` explains one.`;
}

/** All there is to know of a command. */
export function usageOf({
  name,
  summary,
  details,
  arguments: named = {},
  options = {},
  examples,
}: CommandHelp): string {
  const terms = [
    ...Object.entries(named).map(([argument, meaning]) => [`<${argument}>`, meaning] as const),
    ...Object.entries(options).map(([option, declared]) => [termOf(option, declared), meaningOf(declared)] as const),
  ];
  const width = Math.max(0, ...terms.map(([term]) => term.length));
  const blocks = [
    `Usage: ${PROGRAM} ${[name, ...words(named, options)].join(' ')}`,
    sentence(summary),
    ...(details === undefined ? [] : [details.split('\n\n').map(paragraph).join('\n\n')]),
    ...(terms.length === 0 ? [] : [terms.map(([term, meaning]) => lineOf(term, meaning, width)).join('\n')]),
    `Examples:\n${examples.map((example) => `  ${PROGRAM} ${example}`).join('\n')}`,
  ];
  return blocks.join('\n\n');
}

/** A paragraph that is indented is a list, whose lines stay as they are. */
const paragraph = (text: string): string => (text.startsWith(' ') ? text : wrap(text, WIDTH).join('\n'));

function words(named: object, options: Readonly<Record<string, Option>>): string[] {
  const required = Object.entries(options).filter(([, option]) => option.required);
  return [
    ...Object.keys(named).map((argument) => `<${argument}>`),
    ...required.map(([name, option]) => termOf(name, option)),
    ...(Object.keys(options).length > required.length ? ['[options]'] : []),
  ];
}

const termOf = (name: string, { type, value = name }: Option): string =>
  type === 'boolean' ? `--${name}` : `--${name} <${value}>`;

const meaningOf = ({ meaning, oneOf, multiple }: Option): string =>
  [meaning, ...(oneOf ? [`one of ${oneOf.join(', ')}`] : []), ...(multiple ? ['may be repeated'] : [])].join('; ');

function lineOf(term: string, meaning: string, width: number): string {
  const indent = ' '.repeat(width + 2 * GAP);
  const [first = '', ...more] = wrap(meaning, WIDTH - indent.length);
  return [`${' '.repeat(GAP)}${term.padEnd(width + GAP)}${first}`, ...more.map((line) => indent + line)].join('\n');
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
