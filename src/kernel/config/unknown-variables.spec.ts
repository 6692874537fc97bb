/** Misspelt variables: pure. */
import { unknownVariables } from './unknown-variables.js';

const KNOWN = [
  'CALLBOARD_SANDBOX',
  'CALLBOARD_ROLE',
  'CALLBOARD_HOME',
  'CALLBOARD_INBOX_DAYS',
  'PORT',
  'HOST',
  'HOST_DATA_URL',
];

test.each([
  ['CALLBOARD_SANDBX', ': did you mean CALLBOARD_SANDBOX?'],
  ['CALLBOARD_SNADBOX', ': did you mean CALLBOARD_SANDBOX?'],
  ['CALLBOARD_INBOX_DAY', ': did you mean CALLBOARD_INBOX_DAYS?'],
  ['CALLBOARD_ROLES', ': did you mean CALLBOARD_ROLE?'],
  ['CALLBOARD_home', ': did you mean CALLBOARD_HOME?'],
  ['CALLBOARD_MOTTO_OF_THE_DAY', ''],
  ['HOST_DATA_ULR', ': did you mean HOST_DATA_URL?'],
])('%s is warned of, with the nearest name if there is one', (name, meant) => {
  const warning = `${name} is no variable of Callboard and is ignored${meant}`;
  expect(unknownVariables(['CALLBOARD_ROLE', name], KNOWN)).toEqual([warning]);
});

test('Known variables, and those of other programs, are not warned of', () => {
  const others = ['PATH', 'CALLBOARDS', 'MY_CALLBOARD_X', 'HOST_IP', 'HOSTNAME', 'HOST_MACHINE_NAME'];
  expect(unknownVariables([...KNOWN, ...others], KNOWN)).toEqual([]);
});
