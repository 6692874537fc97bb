import { readMicros } from './micros.js';

describe('An amount as decimal text', () => {
  test.each([
    ['0.0079', 7_900n],
    ['-0.00790', -7_900n],
    ['-0.00000', 0n],
    ['-12.000001', -12_000_001n],
    ['123456789012', 123_456_789_012_000_000n],
  ])('of %s is exactly so many micros', (text, micros) => {
    expect(readMicros(text)).toBe(micros);
  });

  test.each(['', '.5', '5.', '+1', '1,5', '1e-7', ' 1', '0.0000001', '--1', 'null'])('is not %j', (text) => {
    expect(readMicros(text)).toBeUndefined();
  });
});
