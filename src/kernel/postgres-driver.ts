/**
 * MikroORM's driver with one repair: a transaction that cannot begin or roll back gives its connection back to the pool, which
 * then drops it. Kysely (0.29.6, `ControlledTransaction`) would keep it for ever: one restart of the server under load, and the
 * pool is empty for good.
 */
import { PostgreSqlConnection, PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { Driver, PostgresDialect } from 'kysely';

type PoolOptions = Parameters<PostgreSqlConnection['createKyselyDialect']>[0];

export class PostgresDriver extends PostgreSqlDriver {
  protected override readonly connection = new ReleasingConnection(this.config);
}

class ReleasingConnection extends PostgreSqlConnection {
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
    // A connection that cannot roll back is dead, and PostgreSQL has rolled back; the error before this one is the one to tell.
    rollbackTransaction: (connection: Parameters<Driver['rollbackTransaction']>[0]) =>
      rollBack(connection).catch(() => undefined),
  } satisfies Partial<Driver>);
}
