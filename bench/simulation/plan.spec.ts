/** What so many messages a day need, as docs/scaling.md has it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planFor, planTable, VOLUMES } from './plan.js';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/scaling.md'), 'utf8');
/** Prettier aligns its columns. */
const rowsOf = (markdown: string): string[] => markdown.split('\n').map((line) => line.replaceAll(/ +|-{2,}/g, ' '));

test('docs/scaling.md has the figures that are simulated', () => {
  const table = planTable(VOLUMES.map((messagesADay) => planFor({ messagesADay, laneRate: 100, seed: 1 })));
  expect(rowsOf(DOCUMENT)).toEqual(expect.arrayContaining(rowsOf(table)));
});

test('ten times the messages need more of everything, and never less', () => {
  const [few, many] = [100_000, 1_000_000].map((messagesADay) => planFor({ messagesADay, laneRate: 100, seed: 1 }));
  if (!few || !many) throw new Error('two were asked for');
  for (const name of ['lanes', 'workers', 'apis', 'databaseCores'] as const)
    expect(many[name]).toBeGreaterThanOrEqual(few[name]);
  expect(many.logGbADay / few.logGbADay).toBeCloseTo(10, 6);
});

test('fast lanes take less of the database than slow ones: their batches are larger', () => {
  const slow = planFor({ messagesADay: 20_000_000, laneRate: 100, seed: 1 });
  const fast = planFor({ messagesADay: 20_000_000, laneRate: 2_000, seed: 1 });
  expect(fast.databaseBusy).toBeLessThan(slow.databaseBusy * 0.9);
});
