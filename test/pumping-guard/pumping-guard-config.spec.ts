/** The variables about SMS pumping, pure. */
import { BadConfiguration, loadConfig } from '../../src/kernel/config/config.js';
import { readPumpingGuard, type PumpingGuardConfig } from '../../src/pumping-guard/pumping-guard-config.js';

type Environment = Readonly<Record<string, string>>;

const read = (environment: Environment): PumpingGuardConfig => loadConfig(readPumpingGuard, environment);

test('Without a variable the guard watches, and stops nothing', () => {
  expect(read({}).pumpingGuard).toEqual({ mode: 'watch', least: 30 });
});

test('The mode and the least numbers are read', () => {
  const environment = { PUMPING_GUARD: 'block', PUMPING_GUARD_LEAST: '50' };
  expect(read(environment).pumpingGuard).toEqual({ mode: 'block', least: 50 });
});

test.each([
  [{ PUMPING_GUARD: 'on' }, /^PUMPING_GUARD is not one of off, watch, block/],
  [{ PUMPING_GUARD_LEAST: '9' }, /^PUMPING_GUARD_LEAST is not a whole number from 10 to 100/],
])('The configuration refuses %j', (environment, problem) => {
  try {
    read(environment);
    throw new Error('it was taken');
  } catch (error) {
    expect(error instanceof BadConfiguration && error.problems).toEqual([expect.stringMatching(problem)]);
  }
});
