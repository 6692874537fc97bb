/** The help of the command line, and what it says to what it does not know. */
import { COMMANDS, GROUPS } from '../../src/cli/commands.js';
import { callboard } from '../support/cli.js';

test('At the top, every command is listed with what it does', async () => {
  const asked = await callboard({}, '--help');
  expect(asked).toMatchObject({ code: 0, err: '' });
  for (const { name, summary } of COMMANDS) expect(asked.out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  expect(await callboard({}, 'help')).toEqual(asked);
  expect(await callboard({}, '-h')).toEqual(asked);
});

test.each(
  GROUPS.filter(({ name, commands }) => commands[0]?.name !== name).map((group) => [group.name, group] as const),
)('The group %s lists its commands and no others', async (name, { commands }) => {
  const { code, out, err } = await callboard({}, name, '--help');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const listed = COMMANDS.filter((one) => out.includes(`  ${one.name} `));
  expect(listed.map((one) => one.name)).toEqual(commands.map((one) => one.name));
  expect(await callboard({}, name)).toEqual({ code: 2, out: '', err: `Which command of ${name}?\n\n${out}` });
});

describe.each(COMMANDS.map((command) => [command.name, command] as const))('The help of %s', (name, command) => {
  const { arguments: named = {}, options = {}, examples } = command;

  test('names each argument and option with its meaning', async () => {
    const { code, out, err } = await callboard({}, ...name.split(' '), '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`^Usage: npm run callboard -- ${name}`));
    const said = out.replaceAll(/\s+/g, ' ');
    for (const [argument, meaning] of Object.entries(named)) expect(said).toContain(`<${argument}> ${meaning}`);
    for (const [option, { meaning }] of Object.entries(options)) {
      expect(said).toContain(meaning);
      expect(said).toMatch(new RegExp(` --${option}\\b`));
    }
    expect(await callboard({}, 'help', ...name.split(' '))).toEqual({ code, out, err });
  });

  test('has examples, which are of this command and use options that there are', () => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(`${example} `.startsWith(`${name} `)).toBe(true);
      const used = [...example.matchAll(/ --([a-z-]+)/g)].map(([, option]) => option);
      expect(used.filter((option) => option === undefined || !(option in options))).toEqual([]);
    }
  });

  test('fits into a terminal', async () => {
    const { out } = await callboard({}, ...name.split(' '), '--help');
    const [usage = ''] = out.split('\n');
    const long = out
      .split('\n')
      .filter((line) => line.length > 120 && line !== usage && !line.includes('callboard --'));
    expect(long).toEqual([]);
  });
});

describe('What there is not', () => {
  test.each([
    [['docter'], 'There is no command "docter": is it "doctor"?'],
    [['webhook', 'sent'], 'There is no command "webhook sent": is it "webhook send"?'],
    [['webhok'], 'There is no command "webhok": is it "webhook"?'],
    [['fly'], 'There is no command "fly".'],
    [['fly', '--help'], 'There is no command "fly".'],
    [['doctor', '--tenant-acounts'], "Unknown option '--tenant-acounts': is it --tenant-accounts?"],
  ])('is answered with what was meant, the usage and code 2: %j', async (args, problem) => {
    const { code, out, err } = await callboard({}, ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.startsWith(`${problem}\n\nUsage: npm run callboard -- `)).toBe(true);
  });
});
