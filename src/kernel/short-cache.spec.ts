/** The short cache, pure. */
import { ShortCache } from './short-cache.js';

describe('A short cache', () => {
  const counting = (): (() => Promise<number>) => {
    let loads = 0;
    return () => Promise.resolve((loads += 1));
  };

  test('loads once for all callers, including concurrent ones', async () => {
    const cache = new ShortCache<number>(60_000);
    const load = counting();
    await expect(Promise.all([cache.get('a', load), cache.get('a', load)])).resolves.toEqual([1, 1]);
    await expect(cache.get('a', load)).resolves.toBe(1);
    await expect(cache.get('b', load)).resolves.toBe(2);
  });

  test('reloads after expiry', async () => {
    const cache = new ShortCache<number>(1);
    const load = counting();
    let now = 1_000;
    Object.defineProperty(performance, 'now', { configurable: true, value: () => now });
    try {
      await cache.get('a', load);
      now += 1;
      await expect(cache.get('a', load)).resolves.toBe(1);
      now += 1;
      await expect(cache.get('a', load)).resolves.toBe(2);
    } finally {
      Reflect.deleteProperty(performance, 'now'); // reads the real one again
    }
  });

  test('does not cache a failure', async () => {
    const cache = new ShortCache<number>(60_000);
    await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await expect(cache.get('a', counting())).resolves.toBe(1);
  });

  test('does not cache a load that was running when the entry was invalidated', async () => {
    const cache = new ShortCache<string>(60_000);
    let finish: (value: string) => void = () => undefined;
    const slow = cache.get('a', () => new Promise((resolve) => (finish = resolve)));
    cache.forget('a');
    finish('old');
    await expect(slow).resolves.toBe('old');
    await expect(cache.get('a', () => Promise.resolve('new'))).resolves.toBe('new');
    cache.clear();
    await expect(cache.get('a', () => Promise.resolve('newer'))).resolves.toBe('newer');
  });

  test('holds no more than its size, and evicts the least recently used entry', async () => {
    const cache = new ShortCache<number>(60_000, 2);
    const load = counting();
    for (const key of ['a', 'b', 'c']) await cache.get(key, load);
    await expect(cache.get('b', load)).resolves.toBe(2);
    await expect(cache.get('c', load)).resolves.toBe(3);
    await expect(cache.get('a', load)).resolves.toBe(4);
  });
});
