/** What a sweep does without the queue: pure. */
import { Overdue } from './overdue.js';

test('Work is overdue after ten seconds without change, until it changes or is gone', () => {
  const overdue = new Overdue<string>((lane) => lane);
  expect(overdue.note(['one', 'two'], 0)).toEqual([]);
  expect(overdue.note(['one', 'two'], 9_999)).toEqual([]);
  expect(overdue.note(['two', 'three'], 10_000)).toEqual(['two']);
  expect(overdue.note(['one'], 11_000)).toEqual([]); // it was done meanwhile, and came again
  expect(overdue.note(['one'], 20_999)).toEqual([]);
  expect(overdue.note(['one'], 21_000)).toEqual(['one']);
});

test('Work that stays overdue is reported once per ten seconds, not at every check', () => {
  const overdue = new Overdue<string>((lane) => lane);
  const told = Array.from({ length: 60 }, (_, second) => second).filter(
    (second) => overdue.note(['one'], second * 1_000).length > 0,
  );
  expect(told).toEqual([10, 20, 30, 40, 50]);
});

test('Work that progresses is not overdue, however long it takes', () => {
  const overdue = new Overdue<{ id: string; done: number }>(({ id, done }) => `${id} ${done}`);
  for (let second = 0; second < 60; second += 1) {
    expect(overdue.note([{ id: 'campaign', done: second }], second * 1_000)).toEqual([]);
  }
});
