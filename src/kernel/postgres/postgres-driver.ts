/**
 * MikroORM's driver with one repair, and connections for statements that are planned once.
 *
 * The repair: a transaction that cannot begin or roll back gives its connection back to the pool, which then drops it. Kysely
 * (0.29.6, `ControlledTransaction`) would keep it for ever: one restart of the server under load, and the pool is empty for good.
 */
import { PostgreSqlConnection, PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { Driver, PostgresDialect } from 'kysely';
import { Pool } from 'pg';

type PoolOptions = Parameters<PostgreSqlConnection['createKyselyDialect']>[0];

/**
 * A plan that is kept must be right whatever the tables come to hold: one made while a table is empty may read all of it, and go on
 * to when it holds millions. So these connections plan without a look at parameters, only by indexes, and do not live long.
 */
const PLAN_SECONDS = 10;
const PLANNED_ONCE = ['plan_cache_mode=force_generic_plan', 'jit=off']
  .concat(['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin'].map((node) => `enable_${node}=off`))
  .map((setting) => `-c ${setting}`)
  .join(' ');

export class PostgresDriver extends PostgreSqlDriver {
  protected override readonly connection = new PostgresConnection(this.config);
}

export class PostgresConnection extends PostgreSqlConnection {
  private lasting: Pool | undefined;

  /** Connections whose prepared statements are planned once: half as many as the others, opened on first need. */
  get plannedOnce(): Pool {
    return (this.lasting ??= this.open());
  }

  private open(): Pool {
    const options = this.mapOptions({});
    const max = Math.ceil((options.max ?? 2) / 2);
    const pool = new Pool({ ...options, min: 0, max, maxLifetimeSeconds: PLAN_SECONDS, options: PLANNED_ONCE });
    pool.on('error', () => undefined); // an idle connection was lost: the pool has dropped it already
    return pool;
  }

  override async close(force?: boolean): Promise<void> {
    await Promise.all([super.close(force), this.lasting?.end()]);
    this.lasting = undefined;
  }

  override createKyselyDialect(options: PoolOptions): PostgresDialect {
    const dialect = super.createKyselyDialect(options);
    const createDriver = dialect.createDriver.bind(dialect);
    return Object.assign(dialect, { createDriver: () => releasing(createDriver()) });
  }
}

function releasing(driver: Driver): Driver {
  const begin = driver.beginTransaction.bind(driver);
  const rollBack = driver.rollbackTransaction.bind(driver);
  return Object.assign(driver, {
    beginTransaction: async (...[connection, settings]: Parameters<Driver['beginTransaction']>) => {
      try {
        await begin(connection, settings);
      } catch (error) {
        await driver.releaseConnection(connection);
        throw error;
      }
    },
    // A connection that cannot roll back is dead, and PostgreSQL has rolled back; the error before this one is the one to report.
    rollbackTransaction: (connection: Parameters<Driver['rollbackTransaction']>[0]) =>
      rollBack(connection).catch(() => undefined),
  } satisfies Partial<Driver>);
}
