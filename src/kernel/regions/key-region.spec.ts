import { regionOfKey } from './key-region.js';

const END = `${'0'.repeat(32)}_${'x'.repeat(43)}`;

describe('A tenant’s key', () => {
  test.each([
    ['names its region', `cb_us_${END}`, 'us'],
    ['names it in test mode too', `cb_test_us-east-1_${END}`, 'us-east-1'],
    ['is of the deployment that is asked, if it names none', `cb_${END}`, 'eu'],
    ['is so in test mode too', `cb_test_${END}`, 'eu'],
  ])('%s', (_what, key, region) => {
    expect(regionOfKey(key, 'eu')).toBe(region);
  });

  test.each(['cb_admin_for_tests_only', `cb_US_${END}`, `cb_us_eu_${END}`, `cb_${'u'.repeat(17)}_${END}`, END])(
    'is not: %s',
    (key) => {
      expect(regionOfKey(key, 'eu')).toBeUndefined();
    },
  );
});
