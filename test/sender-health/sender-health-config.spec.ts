/** The variables about senders' health, pure. */
import { BadConfiguration, loadConfig } from '../../src/kernel/config/config.js';
import { readSenderHealth, type SenderHealthConfig } from '../../src/sender-health/sender-health-config.js';

type Environment = Readonly<Record<string, string>>;

const read = (environment: Environment): SenderHealthConfig => loadConfig(readSenderHealth, environment);

test('Without a variable the limits are those of Amazon SES', () => {
  expect(read({}).senderHealth).toEqual({
    bounceRate: 0.05,
    complaintRate: 0.001,
    leastMessages: 1_000,
    days: 7,
    resumption: 'by-hand',
  });
});

test('Limits, days and the resumption are read', () => {
  const environment = {
    SENDER_BOUNCE_PERCENT: '2.5',
    SENDER_COMPLAINT_PERCENT: '0',
    SENDER_HEALTH_DAYS: '30',
    SENDER_HEALTH_LEAST: '1',
    SENDER_RESUMPTION: 'by-rule',
  };
  expect(read(environment).senderHealth).toEqual({
    bounceRate: 0.025,
    complaintRate: 0,
    leastMessages: 1,
    days: 30,
    resumption: 'by-rule',
  });
});

test.each([
  [{ SENDER_BOUNCE_PERCENT: '101' }, /^SENDER_BOUNCE_PERCENT is not a percentage/],
  [{ SENDER_COMPLAINT_PERCENT: '-1' }, /^SENDER_COMPLAINT_PERCENT is not a percentage/],
  [{ SENDER_HEALTH_DAYS: '31' }, /^SENDER_HEALTH_DAYS is not a whole number from 1 to 30/],
  [{ SENDER_RESUMPTION: 'never' }, /^SENDER_RESUMPTION is not one of by-hand, by-rule/],
])('The configuration refuses %j', (environment, problem) => {
  try {
    read(environment);
    throw new Error('it was taken');
  } catch (error) {
    expect(error instanceof BadConfiguration && error.problems).toEqual([expect.stringMatching(problem)]);
  }
});
