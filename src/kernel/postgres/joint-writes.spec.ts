import { JointWrites } from './joint-writes.js';

/** Records what is written together; each write ends on command, successfully or not. */
class Store {
  readonly written: number[][] = [];
  private readonly open: { end(error?: Error): void }[] = [];

  readonly write = (items: readonly number[]): Promise<void> => {
    this.written.push([...items]);
    return new Promise((resolve, reject) => {
      this.open.push({ end: (error) => (error ? reject(error) : resolve()) });
    });
  };

  /** Ends the oldest running write, and lets what waits for it continue. */
  async end(error?: Error): Promise<void> {
    this.open.shift()?.end(error);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const unavailable = Object.assign(new Error('Connection terminated'), { code: 'ECONNRESET' });

const statuses = async (done: readonly Promise<void>[]): Promise<string[]> =>
  (await Promise.allSettled(done)).map(({ status }) => status);

test('A single caller’s write starts at once', async () => {
  const store = new Store();
  const done = new JointWrites(10, store.write).add([1, 2]);
  expect(store.written).toEqual([[1, 2]]);
  await store.end();
  await expect(done).resolves.toBeUndefined();
});

test('Callers that come while two writes are running share the next one', async () => {
  const store = new Store();
  const joint = new JointWrites(3, store.write);
  const done = statuses([[1], [2], [3], [4, 5], [6], [7]].map((items) => joint.add(items)));
  expect(store.written).toEqual([[1], [2]]);
  for (let write = 0; write < 4; write += 1) await store.end();
  expect(store.written).toEqual([[1], [2], [3, 4, 5, 6], [7]]);
  expect(await done).toEqual(Array.from({ length: 6 }, () => 'fulfilled'));
});

test('An error of one caller is reported to that one, and the others are written', async () => {
  const store = new Store();
  const joint = new JointWrites(3, store.write);
  const done = statuses([[1], [2], [3], [4]].map((items) => joint.add(items)));
  await store.end();
  await store.end();
  await store.end(new Error('3 cannot be written'));
  await store.end(new Error('3 cannot be written'));
  await store.end();
  expect(store.written).toEqual([[1], [2], [3, 4], [3], [4]]);
  expect(await done).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
});

test('One of many that cannot be written is found by halves', async () => {
  const joint = new JointWrites<number>(100, (items) => {
    written.push(items.length);
    return items.includes(40) ? Promise.reject(new Error('40 cannot be written')) : Promise.resolve();
  });
  const written: number[] = [];
  const done = await statuses(Array.from({ length: 66 }, (_, item) => joint.add([item])));
  expect(done.filter((status) => status === 'rejected')).toEqual(['rejected']);
  expect(done[40]).toBe('rejected');
  expect(written).toHaveLength(15); // of 66
});

test('With one write at once, all that come meanwhile share the next', async () => {
  const store = new Store();
  const joint = new JointWrites(10, store.write, 1);
  const done = statuses([[1], [2], [3], [4]].map((items) => joint.add(items)));
  await store.end();
  await store.end();
  expect(store.written).toEqual([[1], [2, 3, 4]]);
  expect(await done).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled']);
});

test('If the database does not answer, no write is retried', async () => {
  const store = new Store();
  const joint = new JointWrites(3, store.write);
  const done = statuses([[1], [2], [3], [4]].map((items) => joint.add(items)));
  await store.end();
  await store.end();
  await store.end(unavailable);
  expect(store.written).toEqual([[1], [2], [3, 4]]);
  expect(await done).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
});
