/** The line before the work: who waits, who is sent away, and whose turn it is. */
import { Overloaded } from './edge.errors.js';
import { WaitingLine } from './waiting-line.js';

const PATIENT = 10_000;

async function orderOf(line: WaitingLine, owners: readonly string[]): Promise<string[]> {
  const order: string[] = [];
  const turns = owners.map(async (owner, index) => {
    await line.enter(owner);
    order.push(`${owner}${index}`);
    line.leave();
  });
  line.leave();
  await Promise.all(turns);
  return order;
}

test('So many are in work at once, and one that leaves makes room for the next', async () => {
  const line = new WaitingLine({ inWork: 2, inLine: 10, patienceMs: PATIENT });
  await line.enter('a');
  await line.enter('a');
  expect(line.tryEnter()).toBe(false);
  const third = line.enter('a');
  expect([line.inWork, line.inLine]).toEqual([2, 1]);
  line.leave();
  await third;
  expect([line.inWork, line.inLine]).toEqual([2, 0]);
  line.leave();
  line.leave();
  expect(line.inWork).toBe(0);
});

test('Owners take turns, and the requests of each are served in their order', async () => {
  const line = new WaitingLine({ inWork: 1, inLine: 100, patienceMs: PATIENT });
  await line.enter('x');
  expect(await orderOf(line, ['a', 'a', 'a', 'b', 'a', 'b'])).toEqual(['a0', 'b3', 'a1', 'b5', 'a2', 'a4']);
});

test('Who has stood for long enough is sent away, and the others keep their place', async () => {
  const line = new WaitingLine({ inWork: 1, inLine: 10, patienceMs: 30 });
  await line.enter('a');
  const first = line.enter('a');
  await expect(first).rejects.toThrow(Overloaded);
  const second = line.enter('a');
  line.leave();
  await second;
  expect([line.inWork, line.inLine]).toEqual([1, 0]);
});

test('A full line sends newcomers away at once, and one owner may fill half of it', async () => {
  const line = new WaitingLine({ inWork: 1, inLine: 4, patienceMs: PATIENT });
  await line.enter('a');
  const standing = [line.enter('a'), line.enter('a')];
  await expect(line.enter('a')).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
  standing.push(line.enter('b'), line.enter('c'));
  await expect(line.enter('d')).rejects.toThrow(Overloaded);
  for (const _ of standing) line.leave();
  await Promise.all(standing);
});
