/** Where the database is, asked anew for each connection: its password may become another while the process runs. */
import { setTimeout as delay } from 'node:timers/promises';
import { callbackify } from 'node:util';
import { Client, type ClientConfig, type Pool, type PoolClient } from 'pg';
import { sqlStateOf } from './database-errors.js';

export interface DatabaseAddress {
  readonly url: () => string;
  /** Leads past a pooler, if `url` leads through one; else the same. */
  readonly directUrl: () => string;
  /** The database refused whom the URL names: perhaps it is another by now. Must not reject. */
  readonly refused: () => Promise<void>;
}

/** Of a database that stays where it is. */
export const fixedAddress = (url: string): DatabaseAddress => ({
  url: () => url,
  directUrl: () => url,
  refused: () => Promise.resolve(),
});

/** Between a new password of the role and that of the variable, in whichever order, connections that are needed are tried so long. */
const GAP_MS = 10_000;
const AGAIN_MS = 250;
const REFUSED = new Set(['28P01', '28000']);

/** A class of clients that connect to where `url` leads when they are made. Each remembers it. */
export function clientOf(url: () => string): typeof Client {
  return class extends CurrentClient {
    constructor(config: ClientConfig = {}) {
      super(config, url());
    }
  };
}

class CurrentClient extends Client {
  constructor(
    config: ClientConfig,
    readonly leadsTo: string,
  ) {
    super({ ...config, connectionString: leadsTo });
  }
}

/** Lets the connections of a pool of such clients end, each when it is given back, once `url` leads elsewhere: what they do is done before. */
export function retireFormer(pool: Pool, url: () => string): void {
  pool.on('release', (_error, client: unknown) => {
    if (client instanceof CurrentClient && client.leadsTo !== url()) void client.end().catch(() => undefined);
  });
}

type Done = Parameters<Pool['connect']>[0];

/** Lets whoever needs a connection of a pool wait while the database refuses the role: its password is being changed. */
export function waitWhileRefused(pool: Pool, refused: DatabaseAddress['refused']): void {
  const connect: () => Promise<PoolClient> = pool.connect.bind(pool);
  const patiently = async (): Promise<PoolClient> => {
    for (const until = performance.now() + GAP_MS; ;) {
      try {
        return await connect();
      } catch (error) {
        if (!REFUSED.has(sqlStateOf(error) ?? '') || performance.now() > until) throw error;
        await refused();
        await delay(AGAIN_MS);
      }
    }
  };
  const calledBack = callbackify(patiently);
  Object.assign(pool, {
    connect: (done?: Done) => {
      if (!done) return patiently();
      calledBack((error, client) =>
        error
          ? done(error, undefined, () => undefined)
          : done(undefined, client, (broken?: Error) => client.release(broken)),
      );
      return undefined;
    },
  });
}
