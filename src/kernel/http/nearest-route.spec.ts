/** Which route was meant. */
import { nearestRoute, routeBelow } from './nearest-route.js';

const ROUTES = [
  '/',
  '/docs',
  '/docs/*',
  '/api/messages',
  '/api/messages/batch',
  '/api/messages/{id}',
  '/api/messages/{id}/cancel',
  '/api/templates/{key}',
  '/api/venues',
  '/health/ready',
];

test.each([
  ['/api/messages/', '/api/messages'],
  ['/api//messages', '/api/messages'],
  ['/API/Messages', '/api/messages'],
  ['/api/message', '/api/messages'],
  ['/api/mesages', '/api/messages'],
  ['/api/v1/messages', '/api/messages'],
  ['/v1/messages', '/api/messages'],
  ['/messages', '/api/messages'],
  ['/messages/batch', '/api/messages/batch'],
  ['/api/message/batch', '/api/messages/batch'],
  ['/api/message/42', '/api/messages/{id}'],
  ['/api/message/42/cancel/', '/api/messages/{id}/cancel'],
  ['/api/messages/42/cancle', '/api/messages/{id}/cancel'],
  ['/api/template/order', '/api/templates/{key}'],
  ['/doc', '/docs'],
  ['/health/redy', '/health/ready'],
  ['/api', undefined],
  ['/api/', undefined],
  ['//', undefined],
  ['/api/nothing', undefined],
  ['/api/messages/42/cancel/now', undefined],
])('Nearest to %s is %s', (path, meant) => {
  expect(nearestRoute(path, ROUTES)).toBe(meant);
});

test('None is near a very long address', () => {
  expect(nearestRoute(`/api/${'messages'.repeat(1_000)}`, ROUTES)).toBeUndefined();
  expect(nearestRoute('/api'.repeat(5_000), ROUTES)).toBeUndefined();
});

test.each([
  ['/api', '/api/messages'],
  ['/api/', '/api/messages'],
  ['/health', '/health/ready'],
  ['/api/messages/42', undefined],
  ['/ap', undefined],
])('Below %s is %s', (path, below) => {
  expect(routeBelow(path, ROUTES)).toBe(below);
});
