import type { ClaimedMessage } from '../../ledger/index.js';
import { Precedence } from './precedence.js';
import { Windows } from './windows.js';

const ticket = { category: 'transactional', campaign_id: null } as ClaimedMessage;
const bulk = { category: 'marketing', campaign_id: 'c' } as ClaimedMessage;
const announcement = { category: 'transactional', campaign_id: 'c' } as ClaimedMessage;

/** A window that ends when it is told to. */
const lasting = (): { window: Promise<void>; end: () => void } => {
  const { promise: window, resolve: end } = Promise.withResolvers<void>();
  return { window, end };
};

describe('Who has precedence', () => {
  test.each([
    ['a ticket among a campaign’s messages', [bulk, ticket, bulk], 3, true],
    ['a ticket alone', [ticket], 100, true],
    ['a window full of tickets, which are bulk themselves', [ticket, ticket], 2, false],
    ['a campaign’s messages', [bulk], 100, false],
    ['a campaign’s messages that need no consent', [announcement], 100, false],
    ['nothing', [], 100, false],
  ])('%s', (_, claimed, size, given) => {
    const precedence = new Precedence();
    precedence.notice(claimed, size);
    expect(precedence.isGiven).toBe(given);
  });
});

describe('The windows of a drain', () => {
  let precedence: Precedence;
  let windows: Windows;
  beforeEach(() => {
    precedence = new Precedence();
    windows = new Windows(precedence);
  });

  test('are a third of what may be under way, and a hundred at most', async () => {
    expect(await windows.room(30)).toBe(10);
    expect(await windows.room(5_000)).toBe(100);
    expect(await windows.room(1)).toBe(1);
  });

  test('are small while somebody waits for a ticket', async () => {
    precedence.notice([ticket], 100);
    expect(await windows.room(5_000)).toBe(12);
    expect(await windows.room(3)).toBe(1);
  });

  test('wait until what is under way leaves room', async () => {
    const [first, second] = [lasting(), lasting()];
    windows.add(first.window, 10);
    windows.add(second.window, 20);
    let size = 0;
    const room = windows.room(30).then((value) => (size = value));
    await new Promise(setImmediate);
    expect(size).toBe(0);
    first.end();
    expect(await room).toBe(10);
  });

  test('tell whether anything is still under way', async () => {
    expect(await windows.change(60_000)).toBe(false);
    const [one, other] = [lasting(), lasting()];
    windows.add(one.window, 1);
    windows.add(other.window, 1);
    expect(await windows.change(5)).toBe(true);
    one.end();
    expect(await windows.change(60_000)).toBe(true);
    other.end();
    expect(await windows.change(60_000)).toBe(false);
  });

  test('pass on what one of them failed with', async () => {
    windows.add(Promise.reject(new Error('lost')), 1);
    await expect(windows.change(60_000)).rejects.toThrow('lost');
  });

  test('rest when the process was busy and others go first, and only then', async () => {
    /** How long it rested; 0 where it never let go of the event loop. */
    const rested = async (): Promise<number> => {
      await windows.rest();
      const busyUntil = performance.now() + 30;
      while (performance.now() < busyUntil);
      let others = 0;
      setImmediate(() => (others += 1));
      const begun = performance.now();
      await windows.rest();
      return others * (performance.now() - begun);
    };
    expect(await rested()).toBe(0);
    precedence.notice([ticket], 100);
    expect(await rested()).toBeGreaterThan(12); // 30 ms of work are to become 60 % of the time
  });
});
