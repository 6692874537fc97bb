/** `npm run callboard -- <command>`: finds the command, and turns what it raises into a sentence and an exit code. */
import { BadConfiguration, closestName } from '../kernel/index.js';
import { UsageError, type CliCommand } from './command-line.js';
import { CommandFailed, type CliContext } from './context.js';
import { DOCTOR } from './doctor.js';
import { WEBHOOK_SEND } from './webhook-send.js';

const COMMANDS: readonly CliCommand[] = [DOCTOR, WEBHOOK_SEND];
const HELP = new Set(['--help', '-h', 'help']);

const USAGE = `Usage: npm run callboard -- <command> [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(14)}${summary}`).join('\n')}

\`npm run callboard -- <command> --help\` explains one.`;

/** Runs the command that was typed. The exit code: 0 if all is well, 1 if something is not, 2 if it was not understood. */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const [first] = args;
  if (first !== undefined && HELP.has(first)) {
    context.say(USAGE);
    return 0;
  }
  const command = COMMANDS.find(({ name }) => name === args.slice(0, name.split(' ').length).join(' '));
  if (!command) return misunderstood(context, problemOf(args), USAGE);
  const rest = args.slice(command.name.split(' ').length);
  if (rest.some((arg) => HELP.has(arg) && arg !== 'help')) {
    context.say(command.usage);
    return 0;
  }
  try {
    return await command.run(rest, context);
  } catch (error) {
    if (error instanceof UsageError) return misunderstood(context, error.message, command.usage);
    if (!(error instanceof CommandFailed || error instanceof BadConfiguration)) throw error;
    context.complain(error.message);
    return 1;
  }
}

function misunderstood({ complain }: CliContext, problem: string, usage: string): number {
  complain(`${problem}\n\n${usage}`);
  return 2;
}

function problemOf(args: readonly string[]): string {
  const typed = args.filter((arg) => !arg.startsWith('-')).slice(0, 2);
  if (typed.length === 0) return 'Which command?';
  const names = COMMANDS.map(({ name }) => name);
  const meant = closestName(typed.join(' '), names);
  return `There is no command "${typed.join(' ')}"${meant === undefined ? '.' : `: is it "${meant}"?`}`;
}
