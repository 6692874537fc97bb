import { isNetwork, Networks, subscriberOf } from './networks.js';

test.each(['203.0.113.7', '203.0.113.0/24', '0.0.0.0/0', '2001:db8::/32', '::1', '10.0.0.1/32'])(
  '%s is a network',
  (text) => {
    expect(isNetwork(text)).toBe(true);
  },
);

test.each([
  '',
  '203.0.113',
  '203.0.113.0/33',
  '203.0.113.0/',
  '203.0.113.0/2x',
  '::/129',
  'fe80::1%eth0',
  '1.2.3.4/8/9',
  'localhost',
  7,
])('%s is none', (text) => {
  expect(isNetwork(text)).toBe(false);
});

test('an address is within a network of its kind, and one of IPv4 however it is written', () => {
  const networks = new Networks(['203.0.113.0/24', '2001:db8:1::/48', '198.51.100.7']);
  expect(
    ['203.0.113.99', '::ffff:203.0.113.99', '2001:db8:1:2::3', '198.51.100.7'].map((one) => networks.has(one)),
  ).toEqual([true, true, true, true]);
  expect(['203.0.114.1', '2001:db8:2::1', '198.51.100.8', 'nowhere', ''].map((one) => networks.has(one))).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

test('who calls from many addresses of one IPv6 network is one', () => {
  expect(subscriberOf('2001:0DB8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(subscriberOf('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64');
  expect(subscriberOf('::1')).toBe('0:0:0:0::/64');
  expect(subscriberOf('2001:db8::')).toBe('2001:db8:0:0::/64');
  expect(subscriberOf('::ffff:203.0.113.7')).toBe('203.0.113.7');
});
