/** The part of every adapter's exam that is about the provider's own books: its totals of a day, and its records. */
import type { ProviderAccount, ProviderAdapter } from '../../src/providers/provider.port.js';
import type { ProviderRecord, UsageTotal } from '../../src/providers/provider.records.js';
import { html, json, Loopback, type Answer, type Script } from './loopback.js';

/** The day of the books, in UTC. */
export const DAY = '2026-11-28';

export interface Books {
  /** The provider with the books of that day; its records take more than one page. */
  readonly script: Script;
  /** Absent if it publishes no totals. */
  readonly usage?: readonly UsageTotal[];
  /** Absent if it has no list. */
  readonly records?: readonly Omit<ProviderRecord, 'event'>[];
}

interface Keeper {
  readonly name: string;
  readonly account: ProviderAccount;
  readonly badCredentials: Answer;
  readonly books: 'none' | Books;
  adapterAt(origin: string, timeoutMs: number): ProviderAdapter;
}

const PATIENCE_MS = 60_000;

export function booksContract(keeper: Keeper): void {
  const { name, account, badCredentials, books } = keeper;
  const { usage, records, script } = books === 'none' ? ({} as Partial<Books>) : books;

  describe(`${name} and its own books`, () => {
    let provider: Loopback;
    let adapter: ProviderAdapter;
    beforeEach(async () => {
      provider = await Loopback.open();
      adapter = keeper.adapterAt(provider.origin, PATIENCE_MS);
      if (script) provider.script = script;
    });
    afterEach(() => provider.close());

    /** Whatever the adapter offers, asked once each. */
    const asked = (of: ProviderAdapter): Promise<unknown>[] => [
      ...(of.usage ? [of.usage(account, { from: DAY, to: DAY })] : []),
      ...(of.records ? [of.records(account, DAY)] : []),
    ];

    async function all(): Promise<ProviderRecord[][]> {
      const pages: ProviderRecord[][] = [];
      for (let from: string | undefined; ;) {
        const page = await adapter.records?.(account, DAY, from);
        pages.push([...(page?.records ?? [])]);
        if (page?.next === undefined) return pages;
        from = page.next;
      }
    }

    test('offers exactly the books that it has', () => {
      expect(adapter.usage === undefined).toBe(usage === undefined);
      expect(adapter.records === undefined).toBe(records === undefined);
    });

    if (usage)
      test('tells the totals of the day by channel', async () => {
        await expect(adapter.usage?.(account, { from: DAY, to: DAY })).resolves.toEqual(usage);
      });

    if (records)
      test('lists all records of the day, page by page, with what each cost', async () => {
        const pages = await all();
        expect(pages.length).toBeGreaterThan(1);
        expect(pages.flat().map(({ event: _event, ...record }) => record)).toEqual(records);
      });

    if (records)
      test('has with each record what its webhook would have reported, to be looked up, and its price', async () => {
        const reported = (await all()).flat().filter(({ event }) => event.kind === 'status');
        expect(reported.length).toBeGreaterThan(0);
        for (const { event, providerMessageId, to, status, price } of reported) {
          expect(event).toMatchObject({ status, providerMessageId, lookup: { providerMessageId, to } });
          expect(event).toHaveProperty('dedupeKey', expect.stringContaining(providerMessageId));
          expect('price' in event ? event.price : undefined).toEqual(price);
        }
      });

    test.each<[string, Script]>([
      ['does not know the credentials', () => badCredentials],
      ['fails', () => json(503, { message: 'down', status: 503 })],
      ['answers a page', () => html(200)],
      ['breaks off', () => 'cut'],
    ])('rejects with a reason, and without an address, when the provider %s', async (_, misbehaving) => {
      provider.script = misbehaving;
      for (const answer of asked(adapter)) await expect(answer).rejects.toThrow(/not read: [\w-]+$/);
    });

    test('rejects when nobody listens, and when a credential is missing', async () => {
      for (const answer of asked(keeper.adapterAt(await Loopback.nowhere(), PATIENCE_MS))) {
        await expect(answer).rejects.toThrow(/not read: ECONNREFUSED/);
      }
      const poor = { ...account, id: 'another', credentials: {} };
      const [totals, page] = [
        async () => adapter.usage?.(poor, { from: DAY, to: DAY }),
        async () => adapter.records?.(poor, DAY),
      ];
      if (usage) await expect(totals()).rejects.toThrow();
      if (records) await expect(page()).rejects.toThrow();
      expect(provider.received).toEqual([]);
    });
  });
}
