/** `completion bash`: what makes a shell complete commands, options and their values; written from the table of commands. */
import { command, type CliCommand, type CommandHelp } from './command-line.js';

/** The command; it is among the commands that it completes. */
export const completion = (commands: () => readonly CommandHelp[]): CliCommand =>
  command({
    name: 'completion bash',
    summary: 'prints what makes bash complete commands, options and their values',
    details: `It completes the word callboard, which is a function of yours, such as

  callboard() { npm run -s callboard -- "$@"; }
  source <(callboard completion bash)`,
    examples: ['completion bash'],
    run(_, context) {
      context.say(scriptOf(commands()));
      return Promise.resolve(0);
    },
  });

/** By how many words there are, then by the command, then by the option whose value is typed. */
function scriptOf(commands: readonly CommandHelp[]): string {
  const groups = Map.groupBy(commands, ({ name }) => wordsOf(name)[0] ?? '');
  const seconds = [...groups].map(([first, ofGroup]) => {
    const own = ofGroup.flatMap(({ name, options }) => wordsOf(name)[1] ?? namesOf(options));
    return `      ${first}) words="${own.join(' ')}" ;;`;
  });
  const options = commands.map(
    ({ name, options: own }) => `      ${patternOf(name)}) words="${namesOf(own).join(' ')}" ;;`,
  );
  const values = commands.flatMap(({ name, options: own = {} }) =>
    Object.entries(own).flatMap(([option, { type, oneOf = [] }]) =>
      type === 'string' ? [`      ${patternOf(name)}" --${option}") words="${oneOf.join(' ')}" ;;`] : [],
    ),
  );
  return `_callboard() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" words=""
  local command="\${COMP_WORDS[1]-} \${COMP_WORDS[2]-}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${[...groups.keys()].join(' ')}"
  elif [ "$COMP_CWORD" -eq 2 ]; then
    case "\${COMP_WORDS[1]}" in
${seconds.join('\n')}
    esac
  else
    case "$command $before" in
${values.join('\n')}
      *) case "$command" in
${options.join('\n')}
      esac ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _callboard callboard`;
}

const wordsOf = (name: string): string[] => name.split(' ');

const namesOf = (options: CommandHelp['options'] = {}): string[] =>
  [...Object.keys(options), 'help'].map((name) => `--${name}`);

/** The command's name; one of a single word is followed by any other. */
const patternOf = (name: string): string => (name.includes(' ') ? `"${name}"` : `"${name} "*`);
