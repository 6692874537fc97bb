import { JointReads } from './joint-reads.js';

/** Reads that end when they are told to. */
function held(most: number): { reads: JointReads<string>; asked: string[][]; end: (error?: Error) => void } {
  const asked: string[][] = [];
  const ends: ((error?: Error) => void)[] = [];
  const reads = new JointReads<string>(
    most,
    (keys) => {
      asked.push([...keys]);
      return new Promise((resolve, reject) => {
        ends.push((error) =>
          error
            ? reject(error)
            : resolve(new Map(keys.filter((key) => key !== 'none').map((key) => [key, `of ${key}`]))),
        );
      });
    },
    1,
  );
  return { reads, asked, end: (error) => ends.shift()?.(error) };
}

const soon = (): Promise<unknown> => new Promise(setImmediate);

test('what is asked for in one moment is read together, and what comes while a read is under way in the next, each key once', async () => {
  const { reads, asked, end } = held(10);
  const first = ['a', 'b', 'a'].map((key) => reads.get(key));
  await soon();
  const others = ['b', 'c', 'b', 'none'].map((key) => reads.get(key));
  end();
  expect(await Promise.all(first)).toEqual(['of a', 'of b', 'of a']);
  await soon();
  end();
  expect(await Promise.all(others)).toEqual(['of b', 'of c', 'of b', undefined]);
  expect(asked).toEqual([
    ['a', 'b'],
    ['b', 'c', 'none'],
  ]);
});

test('no read is of more keys than the most, and those left over come next', async () => {
  const { reads, asked, end } = held(2);
  const all = ['a', 'b', 'c', 'd', 'e'].map((key) => reads.get(key));
  for (let turn = 0; turn < 3; turn += 1) {
    await soon();
    end();
  }
  expect(await Promise.all(all)).toEqual(['of a', 'of b', 'of c', 'of d', 'of e']);
  expect(asked).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
});

test('an error is told to those of its read, and the next read goes on', async () => {
  const { reads, end } = held(10);
  const lost = reads.get('a');
  await soon();
  const next = reads.get('b');
  end(new Error('away'));
  await expect(lost).rejects.toThrow('away');
  await soon();
  end();
  expect(await next).toBe('of b');
});
