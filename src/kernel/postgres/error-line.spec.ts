/** Errors in log lines: pure. */
import { errorLine, frameOf } from './error-line.js';

const EMAIL = 'ana.private@example.com';

/** As node-postgres raises it, inside what a library wrapped around it. */
const failure = (fields: object): Error =>
  new Error(`Key (address)=(${EMAIL}) already exists`, {
    cause: Object.assign(new Error(`Key (address)=(${EMAIL}) already exists`), fields),
  });

test.each([
  [{ code: '42501' }, /^SQLSTATE 42501, the role lacks a privilege: run `npm run migrate -- --grant-to ROLE`/],
  [
    { code: '23505', table: 'consent', constraint: 'consent_pkey' },
    /^SQLSTATE 23505, it exists already, consent, consent_pkey$/,
  ],
  [{ code: '23P01', table: 'consent' }, /^SQLSTATE 23P01, a constraint is violated, consent$/],
  [{ code: '22P05' }, /^SQLSTATE 22P05, a value that the database cannot hold$/],
  [{ code: '40P01' }, /^SQLSTATE 40P01, a deadlock$/],
  [{ code: 'XX000' }, /^SQLSTATE XX000$/],
  [{ code: 'EPIPE' }, /^Error at .*error-line\.spec/],
])('%j is told without its message', (fields, line) => {
  expect(errorLine(failure(fields))).toMatch(line);
  expect(errorLine(failure(fields))).not.toContain('private');
});

test('Any other error is told by its name and place, however many lines its message has', () => {
  const error = new RangeError(`not ${EMAIL}\nat ${EMAIL}:1:1\n`);
  expect(errorLine(error)).toMatch(/^RangeError at .*error-line\.spec\.ts:\d+:\d+/);
  expect(errorLine(error)).not.toContain('private');
  expect(frameOf(Object.assign(new Error('gone'), { stack: undefined }))).toBeUndefined();
  expect(errorLine('a text')).toBe('unknown error');
});
