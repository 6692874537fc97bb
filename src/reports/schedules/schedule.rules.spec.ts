/** The days of scheduled reports. */
import { daysOf } from './schedule.rules.js';

test.each([
  ['yesterday', '2026-03-01', '2026-02-28', '2026-02-28'],
  ['yesterday', '2027-01-01', '2026-12-31', '2026-12-31'],
  ['last_7_days', '2026-11-30', '2026-11-23', '2026-11-29'],
  ['last_7_days', '2028-03-03', '2028-02-25', '2028-03-02'],
  ['last_month', '2026-03-31', '2026-02-01', '2026-02-28'],
  ['last_month', '2027-01-01', '2026-12-01', '2026-12-31'],
] as const)('%s seen from %s is from %s to %s', (period, day, since, until) => {
  expect(daysOf(period, day)).toEqual({ since, until });
});
