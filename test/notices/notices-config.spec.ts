/** The variables about notices, pure. */
import { BadConfiguration, loadConfig } from '../../src/kernel/config/config.js';
import { readNotices, type NoticesConfig } from '../../src/notices/index.js';

type Environment = Readonly<Record<string, string>>;

const [SECRET, NEXT] = ['a', 'b'].map((letter) => `whsec_${Buffer.alloc(32, letter).toString('base64')}`);
const POSTED = { NOTICES_URL: 'https://hooks.example/callboard', NOTICES_SECRET: `${SECRET}` };

const read = (environment: Environment): NoticesConfig => loadConfig(readNotices, environment);

function problemsOf(environment: Environment): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof BadConfiguration) return error.problems;
    throw error;
  }
  return [];
}

test('Without a variable the operator is told nothing', () => {
  expect(read({}).notices).toEqual({ secrets: [], emails: [] });
});

test('A URL with its secrets, addresses and a sender are read', () => {
  const environment = {
    ...POSTED,
    NOTICES_SECRET: `${NEXT}, ${SECRET}`,
    NOTICES_EMAILS: 'ops@example.com, finance@example.com',
    NOTICES_FROM: 'notices@example.com',
  };
  expect(read(environment).notices).toEqual({
    url: POSTED.NOTICES_URL,
    secrets: [NEXT, SECRET],
    emails: ['ops@example.com', 'finance@example.com'],
    from: 'notices@example.com',
  });
});

test.each<[string, Environment, string]>([
  ['a URL without a secret', { NOTICES_URL: POSTED.NOTICES_URL }, 'NOTICES_SECRET is missing'],
  ['a secret without a URL', { NOTICES_SECRET: POSTED.NOTICES_SECRET }, 'NOTICES_URL is missing'],
  ['a secret that is none', { ...POSTED, NOTICES_SECRET: 'hunter2-secret' }, 'NOTICES_SECRET is not whsec_'],
  ['another protocol', { ...POSTED, NOTICES_URL: 'ftp://hooks.example' }, 'NOTICES_URL is not a URL'],
  ['no addresses', { NOTICES_EMAILS: 'ops@example.com,nobody' }, 'NOTICES_EMAILS is not a list of email addresses'],
  ['no sender', { NOTICES_FROM: 'Callboard' }, 'NOTICES_FROM is not an email address'],
])('It does not start with %s, and quotes nothing', (_, environment, problem) => {
  expect(problemsOf(environment)).toEqual([expect.stringContaining(problem)]);
  expect(problemsOf(environment).join()).not.toMatch(/hunter2|nobody|@/);
});
