/** What a sweep does without the queue: pure. */
import { Overdue } from './overdue.js';

test('Work is overdue when it has waited unchanged for 15 seconds, and no more once it changes or is gone', () => {
  const overdue = new Overdue<string>((lane) => lane);
  expect(overdue.note(['one', 'two'], 0)).toEqual([]);
  expect(overdue.note(['one', 'two'], 14_999)).toEqual([]);
  expect(overdue.note(['two', 'three'], 15_000)).toEqual(['two']);
  expect(overdue.note(['one', 'two', 'three'], 16_000)).toEqual(['two']); // "one" was done meanwhile, and came anew
  expect(overdue.note(['one'], 30_999)).toEqual([]);
  expect(overdue.note(['one'], 31_000)).toEqual(['one']);
});

test('Work that moves on is not overdue, however long it takes', () => {
  const overdue = new Overdue<{ id: string; done: number }>(({ id, done }) => `${id} ${done}`);
  for (let second = 0; second < 60; second += 1) {
    expect(overdue.note([{ id: 'campaign', done: second }], second * 1_000)).toEqual([]);
  }
});
