/** Contacts of an import, read one by one. */
import { InvalidRequest } from '../kernel/index.js';
import { readContacts } from './read-contacts.js';

const CONTACTS = Array.from({ length: 1_000 }, (_, index) => index);

test('a thousand faulty contacts are told by their index, and hold up nobody', async () => {
  let rounds = 0;
  const next = (): void => {
    rounds += 1;
    if (rounds < CONTACTS.length) setImmediate(next);
  };
  setImmediate(next);
  const { entries, errors } = await readContacts(CONTACTS, (contact) => {
    if (contact !== 7) throw new InvalidRequest([{ path: 'address', message: 'address is missing' }]);
    return contact;
  });
  expect(rounds).toBeGreaterThanOrEqual(49);
  rounds = CONTACTS.length;
  expect(entries).toEqual([7]);
  expect(errors.map(({ index }) => index)).toEqual(CONTACTS.filter((index) => index !== 7));
  expect(errors[0]).toMatchObject({ code: 'invalid_request', index: 0 });
});

test('a fault of ours is not one of a contact', async () => {
  const broken = (): never => {
    throw new TypeError('undefined is not a function');
  };
  await expect(readContacts([1], broken)).rejects.toThrow(TypeError);
});
