/** The variables about alerts, pure. */
import { BadConfiguration, loadConfig } from '../../src/kernel/config/config.js';
import { readAlerts, type AlertsConfig } from '../../src/alerts/index.js';

type Environment = Readonly<Record<string, string>>;

const read = (environment: Environment): AlertsConfig => loadConfig(readAlerts, environment);

function problemsOf(environment: Environment): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof BadConfiguration) return error.problems;
    throw error;
  }
  return [];
}

test('Without a variable the rules have their own limits', () => {
  expect(read({}).alerts).toEqual({ limits: {} });
});

test('Limits, rules that are off and the page of the runbooks are read', () => {
  const environment = {
    ALERTS_LIMITS: 'failure-rate=0.1, dead-letters=off,lane-age=600',
    ALERTS_RUNBOOKS_URL: 'https://wiki.example/runbooks',
  };
  expect(read(environment).alerts).toEqual({
    limits: { 'failure-rate': 0.1, 'dead-letters': 'off', 'lane-age': 600 },
    runbooks: 'https://wiki.example/runbooks',
  });
});

test.each([
  ['a limit that is no number', { ALERTS_LIMITS: 'failure-rate=much' }, /^ALERTS_LIMITS is not a list such as/],
  ['a limit below zero', { ALERTS_LIMITS: 'failure-rate=-1' }, /^ALERTS_LIMITS is not a list such as/],
  ['a rule that there is not', { ALERTS_LIMITS: 'failures=0.1' }, /^ALERTS_LIMITS names a rule that there is not/],
  ['runbooks that are on no page', { ALERTS_RUNBOOKS_URL: 'runbooks.md' }, /^ALERTS_RUNBOOKS_URL is not a URL/],
])('The configuration refuses %s', (_, environment, problem) => {
  expect(problemsOf(environment)).toEqual([expect.stringMatching(problem)]);
});
