/** `npm run callboard -- <command>`: finds the command, and turns what it raises into sentences and an exit code. */
import { BadConfiguration, closestName } from '../kernel/index.js';
import { Refused } from './api-client.js';
import { UsageError, type CliCommand } from './command-line.js';
import { COMMANDS, GROUPS } from './commands.js';
import { CommandFailed, type CliContext } from './context.js';
import { usageOf, usageOfAll, usageOfGroup } from './help.js';

const HELP = new Set(['--help', '-h']);

/** Runs the command that was typed. The exit code: 0 if all is well, 1 if something is not, 2 if it was not understood. */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const asksForHelp = args[0] === 'help' || args.some((arg) => HELP.has(arg));
  const words = args.filter((arg, place) => !HELP.has(arg) && (arg !== 'help' || place > 0));
  const command = COMMANDS.find(({ name }) => name === words.slice(0, name.split(' ').length).join(' '));
  if (!command) return withoutCommand(words, asksForHelp, context);
  if (asksForHelp) {
    context.say(usageOf(command));
    return 0;
  }
  return run(command, words.slice(command.name.split(' ').length), context);
}

async function run(command: CliCommand, args: readonly string[], context: CliContext): Promise<number> {
  try {
    return await command.run(args, context);
  } catch (error) {
    if (error instanceof UsageError) return misunderstood(context, error.message, usageOf(command));
    if (!(error instanceof CommandFailed || error instanceof BadConfiguration)) throw error;
    context.complain(
      args.includes('--json') && error instanceof Refused ? JSON.stringify(error.problem, null, 2) : error.message,
    );
    return 1;
  }
}

/** The list of commands, or of those of a group: asked for, or as an answer to what there is not. */
function withoutCommand(words: readonly string[], asksForHelp: boolean, context: CliContext): number {
  const [first] = words;
  const group = GROUPS.find(({ name }) => name === first);
  const usage = group ? usageOfGroup(group) : usageOfAll(GROUPS);
  const isAsked = asksForHelp && (group !== undefined || first === undefined);
  if (!isAsked) return misunderstood(context, problemOf(words, group?.name), usage);
  context.say(usage);
  return 0;
}

function misunderstood({ complain }: CliContext, problem: string, usage: string): number {
  complain(`${problem}\n\n${usage}`);
  return 2;
}

function problemOf(words: readonly string[], group: string | undefined): string {
  const typed = words.filter((word) => !word.startsWith('-')).slice(0, 2);
  if (typed.length === 0) return 'Which command?';
  if (typed.length === 1 && group !== undefined) return `Which command of ${group}?`;
  const names = [...GROUPS, ...COMMANDS].map(({ name }) => name);
  const meant = closestName(typed.join(' '), names);
  return `There is no command "${typed.join(' ')}"${meant === undefined ? '.' : `: is it "${meant}"?`}`;
}
