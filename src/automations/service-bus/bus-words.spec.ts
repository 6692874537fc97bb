import { wordsOf } from './bus-words.js';

const failure = (code: string): Error => Object.assign(new Error('amqps://key@bus.example'), { code });

test.each([
  [failure('GeneralError'), 'it cannot be reached'],
  [failure('ServiceCommunicationProblem'), 'it cannot be reached (ServiceCommunicationProblem)'],
  [failure('UnauthorizedAccess'), 'the key is refused, or may not listen: check SERVICEBUS_CONNECTION_STRING'],
])('A failure of the bus is told by its code, and quotes nothing: %#', (error, words) => {
  expect(wordsOf(error)).toBe(words);
});

test('A fault of our own is not taken for a broker that is away', () => {
  expect(wordsOf(new TypeError('x is not a constructor'))).toMatch(/^a fault of Callboard: TypeError/);
});
