/** What is known of a standby: pure. */
import { ReplayMarks } from './replay-marks.js';

test('Of a standby nothing is known before it has reached a mark', () => {
  const marks = new ReplayMarks(5_000);
  expect(marks.staleness(0)).toBe(Number.POSITIVE_INFINITY);
  marks.note(0, 100n);
  marks.reach(99n);
  expect(marks.staleness(1)).toBe(Number.POSITIVE_INFINITY);
});

test('A standby is as old as the newest mark that it has reached', () => {
  const marks = new ReplayMarks(5_000);
  marks.note(0, 100n);
  marks.note(1_000, 200n);
  marks.note(2_000, 300n);
  marks.reach(250n);
  expect(marks.staleness(2_100)).toBe(1_100);
  marks.reach(300n);
  expect(marks.staleness(2_200)).toBe(200);
});

test('A standby that is not heard of grows older', () => {
  const marks = new ReplayMarks(5_000);
  marks.note(0, 100n);
  marks.reach(100n);
  expect([marks.staleness(10), marks.staleness(9_000)]).toEqual([10, 9_000]);
});

test('Where nothing is written a standby stays fresh', () => {
  const marks = new ReplayMarks(5_000);
  for (const at of [0, 1_000, 2_000]) {
    marks.note(at, 100n);
    marks.reach(100n);
  }
  expect(marks.staleness(2_001)).toBe(1);
});

test('A standby that answers late is not taken for older than it was', () => {
  const marks = new ReplayMarks(5_000);
  marks.note(0, 100n);
  marks.note(1_000, 200n);
  marks.reach(200n);
  marks.reach(100n);
  expect(marks.staleness(1_000)).toBe(0);
});

test('Marks beyond the horizon are forgotten', () => {
  const marks = new ReplayMarks(5_000);
  marks.note(0, 100n);
  marks.note(5_001, 200n);
  marks.reach(150n);
  expect(marks.staleness(5_001)).toBe(Number.POSITIVE_INFINITY);
});

test('After a failover to a primary that had written less, nothing is known', () => {
  const marks = new ReplayMarks(5_000);
  marks.note(0, 200n);
  marks.reach(200n);
  marks.note(1_000, 300n);
  marks.note(2_000, 150n);
  expect(marks.staleness(2_000)).toBe(Number.POSITIVE_INFINITY);
});
