/** Completion, as bash itself does it. */
import { execFileSync } from 'node:child_process';
import { GROUPS } from '../../src/cli/commands.js';
import { callboard } from '../support/cli.js';

let script: string;
beforeAll(async () => {
  const { code, out, err } = await callboard({}, 'completion', 'bash');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  script = out;
});

/** What bash offers for the last of these words, behind `callboard`. */
function offered(...words: readonly string[]): string[] {
  const ask = `set -u; ${script}
    COMP_WORDS=(callboard "$@"); COMP_CWORD=$#; _callboard; printf '%s\\n' "\${COMPREPLY[@]-}"`;
  return execFileSync('bash', ['-c', ask, 'bash', ...words], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}

test.each([
  ['the first words of all commands', [''], GROUPS.map(({ name }) => name)],
  ['those that begin so', ['do'], ['doctor', 'doubts']],
  ['the commands of a group', ['keys', ''], ['list', 'create', 'rotate', 'revoke']],
  ['one of them', ['campaign', 're'], ['resume']],
  ['the options of a command', ['lanes', 'wake', 'x', '--'], ['--json', '--help']],
  ['those of a command without a second word', ['doctor', '--'], ['--tenant-accounts', '--json', '--help']],
  ['the same behind another', ['doctor', '--json', '--t'], ['--tenant-accounts']],
  ['the values of an option', ['doubts', 'settle', 'x', '--decision', ''], ['sent', 'requeue', 'fail']],
  ['one of them behind its beginning', ['inbox', 'list', '--provider', 'p'], ['plivo']],
  ['nothing where a value is free', ['messages', 'list', '--to', ''], ['']],
  ['nothing behind what there is not', ['fly', 'away', ''], ['']],
] as const)('Bash offers %s', (_, words, expected) => {
  expect(offered(...words)).toEqual(expected);
});
