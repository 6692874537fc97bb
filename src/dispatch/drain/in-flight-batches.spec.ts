import type { ClaimedMessage } from '../../ledger/index.js';
import { TransactionalPriority } from './transactional-priority.js';
import { InFlightBatches } from './in-flight-batches.js';

const ticket = { category: 'transactional', campaign_id: null } as ClaimedMessage;
const bulk = { category: 'marketing', campaign_id: 'c' } as ClaimedMessage;
const announcement = { category: 'transactional', campaign_id: 'c' } as ClaimedMessage;

/** Of a lane with 10,000 a second. */
const BURST = 1_000;

/** A batch that ends on command. */
const lasting = (): { batch: Promise<void>; end: () => void } => {
  const { promise: batch, resolve: end } = Promise.withResolvers<void>();
  return { batch, end };
};

describe('Transactional priority', () => {
  test.each([
    ['a ticket among a campaign’s messages', [bulk, ticket, bulk], 3, true],
    ['a ticket alone', [ticket], 100, true],
    ['a batch full of tickets, which are bulk themselves', [ticket, ticket], 2, false],
    ['a campaign’s messages', [bulk], 100, false],
    ['a campaign’s messages that need no consent', [announcement], 100, false],
    ['nothing', [], 100, false],
  ])('after %s', (_, claimed, size, given) => {
    const priority = new TransactionalPriority();
    priority.notice(claimed, size);
    expect(priority.isGiven).toBe(given);
  });
});

describe('In-flight batches', () => {
  let priority: TransactionalPriority;
  let batches: InFlightBatches;
  beforeEach(() => {
    priority = new TransactionalPriority();
    batches = new InFlightBatches(priority);
  });

  test('are a third of the limit in flight', async () => {
    expect(await batches.room(30, BURST)).toBe(10);
    expect(await batches.room(300, BURST)).toBe(100);
    expect(await batches.room(1, BURST)).toBe(1);
  });

  test.each([
    ['a hundred', 'allows less at once', 8, 100],
    ['as many', 'allows 180 at once', 180, 180],
    ['250', 'allows more at once', BURST, 250],
  ])('are of %s where the rate %s', async (_, __, burst, size) => {
    expect(await batches.room(5_000, burst)).toBe(size);
  });

  test('of a slow lane hold no more messages than three of a hundred', async () => {
    for (const each of Array.from({ length: 3 }, lasting)) batches.add(each.batch, await batches.room(5_000, 8));
    let isFourth = false;
    void batches.room(5_000, 8).then(() => (isFourth = true));
    await new Promise(setImmediate);
    expect(isFourth).toBe(false);
  });

  test('are small under transactional priority', async () => {
    priority.notice([ticket], 100);
    expect(await batches.room(5_000, BURST)).toBe(12);
    expect(await batches.room(3, BURST)).toBe(1);
  });

  test('wait until earlier batches leave room', async () => {
    const [first, second] = [lasting(), lasting()];
    batches.add(first.batch, 10);
    batches.add(second.batch, 20);
    let size = 0;
    const room = batches.room(30, BURST).then((value) => (size = value));
    await new Promise(setImmediate);
    expect(size).toBe(0);
    first.end();
    expect(await room).toBe(10);
  });

  test('report whether any is still in flight', async () => {
    expect(await batches.change(60_000)).toBe(false);
    const [one, other] = [lasting(), lasting()];
    batches.add(one.batch, 1);
    batches.add(other.batch, 1);
    expect(await batches.change(5)).toBe(true);
    one.end();
    expect(await batches.change(60_000)).toBe(true);
    other.end();
    expect(await batches.change(60_000)).toBe(false);
  });

  test('propagate the error of a failed batch', async () => {
    batches.add(Promise.reject(new Error('lost')), 1);
    const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = timers();
    await expect(batches.change(60_000)).rejects.toThrow('lost');
    await new Promise(setImmediate);
    expect(timers()).toBe(before); // one left would keep the process for a minute
  });

  test('pause only if the process was busy and under transactional priority', async () => {
    /** The length of the pause; 0 if it never yielded to the event loop. */
    const rested = async (): Promise<number> => {
      await batches.rest();
      const busyUntil = performance.now() + 30;
      while (performance.now() < busyUntil);
      let others = 0;
      setImmediate(() => (others += 1));
      const begun = performance.now();
      await batches.rest();
      return others * (performance.now() - begun);
    };
    expect(await rested()).toBe(0);
    priority.notice([ticket], 100);
    expect(await rested()).toBeGreaterThan(12); // 30 ms of work should become 60 % of the time
  });
});
