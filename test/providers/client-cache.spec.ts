import { BadCredential, ClientCache, credential } from '../../src/providers/client-cache.js';
import type { ProviderAccount } from '../../src/providers/provider.port.js';

const account = (id: string, version = 1, credentials: Record<string, string> = {}): ProviderAccount => ({
  id,
  version,
  credentials,
});

describe('the cache of clients', () => {
  test('makes one client for each version of an account', () => {
    const cache = new ClientCache(({ id, version }) => ({ id, version }));
    expect(cache.get(account('a'))).toBe(cache.get(account('a')));
    expect(cache.get(account('a', 2))).not.toBe(cache.get(account('a')));
  });

  test('forgets the account that was used least lately', () => {
    const made: string[] = [];
    const cache = new ClientCache(({ id }) => ({ place: made.push(id) }), 2);
    for (const id of ['a', 'b', 'a', 'c', 'a', 'b']) cache.get(account(id));
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });

  test('remembers nothing of a client that could not be made', () => {
    let attempts = 0;
    const client = { name: 'client' };
    const cache = new ClientCache(() => {
      attempts += 1;
      if (attempts === 1) throw new Error('no');
      return client;
    });
    expect(() => cache.get(account('a'))).toThrow('no');
    expect(cache.get(account('a'))).toBe(client);
  });
});

describe('a credential', () => {
  const held = account('a', 1, { secret: 'hush', blank: ' ', region: 'eu west' });

  test('is read where it is of the form asked for', () => {
    expect(credential(held, 'secret')).toBe('hush');
  });

  test.each([
    ['absent', undefined],
    ['blank', undefined],
    ['region', /^\S+$/],
  ])('is refused when %s', (name, form) => {
    expect(() => credential(held, name, form)).toThrow(BadCredential);
  });

  test('is never repeated in an error', () => {
    expect(() => credential(held, 'region', /^x/)).toThrow(/^((?!eu west).)*$/);
  });
});
