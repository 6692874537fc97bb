/** Generates HTTP load in its own process: as fast as answers arrive (closed loop), or at a constant rate (open loop). */
import { setTimeout as delay } from 'node:timers/promises';
import { epochMs } from './clock.js';
import { serve } from './remote.js';
import { makeRequests, type Source } from './requests.js';
import { Wire } from './wire.js';

interface Stock {
  readonly origin: string;
  readonly requests: readonly Buffer[];
  /** Each may be sent only once. */
  readonly once: boolean;
  next: number;
}

export interface AtRate {
  /** The place in the stock of the first request. */
  readonly first: number;
  /** When each request was due, in the order of the stock. */
  readonly intended: number[];
  /** Milliseconds from then to the end of its answer, so that a stall counts for every request that waits. */
  readonly latencies: number[];
}

/** Enough for any rate that the server can keep up. */
const OPEN_CONNECTIONS = 100;

/** The fewest requests that give a figure, however long they take. */
const FEWEST = 5;

const stocks = new Map<string, Stock>();

function stockOf(name: string): Stock {
  const stock = stocks.get(name);
  if (!stock) throw new Error(`There are no requests named ${name}`);
  return stock;
}

function take(stock: Stock): Buffer {
  const request = stock.requests[stock.once ? stock.next : stock.next % stock.requests.length];
  if (!request) throw new Error(`All ${stock.requests.length} requests are spent`);
  stock.next += 1;
  return request;
}

async function withWires<T>(origin: string, count: number, work: (wires: Wire[]) => Promise<T>): Promise<T> {
  const wires = await Promise.all(Array.from({ length: count }, () => Wire.open(origin)));
  try {
    return await work(wires);
  } finally {
    for (const wire of wires) wire.close();
  }
}

const load = {
  /** Prepares requests under a name. */
  prepare: async ({ name, source }: { readonly name: string; readonly source: Source }): Promise<void> => {
    stocks.set(name, { ...(await makeRequests(source)), next: 0 });
  },

  /** Asks on each connection again as soon as it is answered. Answers how many were. */
  asFastAs: ({ name, connections, ms }: { name: string; connections: number; ms: number }): Promise<number> => {
    const stock = stockOf(name);
    return withWires(stock.origin, connections, async (wires) => {
      const started = performance.now();
      let answered = 0;
      await Promise.all(
        wires.map(async (wire) => {
          while (performance.now() - started < ms) {
            await wire.send(take(stock));
            answered += 1;
          }
        }),
      );
      return answered;
    });
  },

  /** Sends one request every so often, whether the ones before were answered or not. */
  atRate: ({ name, perSecond, ms }: { name: string; perSecond: number; ms: number }): Promise<AtRate> => {
    const stock = stockOf(name);
    return withWires(stock.origin, OPEN_CONNECTIONS, async (wires) => {
      const first = stock.next;
      const started = epochMs();
      const total = Math.floor((perSecond * ms) / 1000);
      const latencies: number[] = [];
      const intended = Array.from({ length: total }, (_, index) => started + (index / perSecond) * 1000);
      const queue = intended.entries();
      await Promise.all(
        wires.map(async (wire) => {
          for (const [index, due] of queue) {
            const wait = due - epochMs();
            if (wait > 0) await delay(wait);
            await wire.send(take(stock));
            latencies[index] = epochMs() - due;
          }
        }),
      );
      return { first, intended, latencies };
    });
  },

  /** Milliseconds of each of `count` requests, one after the other; of fewer where they take longer than `ms`. */
  oneByOne: ({ name, count, ms }: { name: string; count: number; ms: number }): Promise<number[]> => {
    const stock = stockOf(name);
    return withWires(stock.origin, 1, async ([wire]) => {
      const latencies: number[] = [];
      const until = performance.now() + ms;
      while (wire && latencies.length < count && (latencies.length < FEWEST || performance.now() < until)) {
        const started = performance.now();
        await wire.send(take(stock));
        latencies.push(performance.now() - started);
      }
      return latencies;
    });
  },
};
export type Load = typeof load;
serve(load);
