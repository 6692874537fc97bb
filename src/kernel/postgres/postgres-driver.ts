/**
 * MikroORM's driver with two fixes, and connections for prepared statements and for the requests of tenants.
 *
 * A transaction that cannot begin or roll back returns its connection to the pool, which then drops it. Kysely (0.29.6,
 * `ControlledTransaction`) would keep it forever: one restart of the server under load, and the pool is permanently empty.
 *
 * Closing waits for connections that are being opened. Kysely (0.29.6, `PostgresDriver`) would lose them, and the pool would
 * wait for them forever: a process that is told to stop while its pool grows would not end.
 */
import { PostgreSqlConnection, PostgreSqlDriver } from '@mikro-orm/postgresql';
import { PostgresDialect, type Driver } from 'kysely';
import { Pool, type PoolConfig } from 'pg';
import { clientOf, retireFormer, waitWhileRefused, type DatabaseAddress } from './database-address.js';
import { AS_TENANTS, confining } from './tenant-driver.js';

type PoolOptions = Parameters<PostgreSqlConnection['createKyselyDialect']>[0];

/**
 * A cached plan must suit any table size: one made while a table is empty may read all of it, and still do so at millions of
 * rows. So these connections plan without parameters, only by indexes, and are short-lived.
 */
const PLAN_SECONDS = 10;
const PLANNED_ONCE = ['plan_cache_mode=force_generic_plan', 'jit=off']
  .concat(['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin'].map((node) => `enable_${node}=off`))
  .map((setting) => `-c ${setting}`)
  .join(' ');

/** Given to MikroORM among the options of its driver. */
export interface OwnOptions {
  readonly address: DatabaseAddress;
}

export class PostgresDriver extends PostgreSqlDriver {
  protected override readonly connection = new PostgresConnection(this.config);
}

export class PostgresConnection extends PostgreSqlConnection {
  private lasting: Pool | undefined;
  private confined: Pool | undefined;

  /**
   * Connections for prepared statements: half as many as the others, opened on first need. They lead past a pooler, which keeps neither
   * statements nor settings of a session.
   */
  get plannedOnce(): Pool {
    return (this.lasting ??= this.open());
  }

  private open(): Pool {
    const max = Math.ceil((this.mapOptions({}).max ?? 2) / 2);
    return this.direct({ max, maxLifetimeSeconds: PLAN_SECONDS, options: PLANNED_ONCE });
  }

  /** Of sessions that keep what is set on them: past a pooler. */
  private direct(own: PoolConfig): Pool {
    const { address }: OwnOptions = this.config.get('driverOptions');
    const pool = new Pool({ ...this.mapOptions({}), Client: clientOf(address.directUrl), min: 0, ...own });
    retireFormer(pool, address.directUrl);
    waitWhileRefused(pool, address.refused);
    pool.on('error', () => undefined); // an idle connection was lost: the pool has already dropped it
    pool.on('connect', (client) => client.on('error', () => undefined)); // its statement reports it to its caller
    return pool;
  }

  /** Connections of the tenants' role, for what is confined to one. As many as the others, opened on first need. */
  get ofTenants(): Pool {
    return (this.confined ??= this.direct({ options: AS_TENANTS }));
  }

  override async close(force?: boolean): Promise<void> {
    await Promise.all([super.close(force), this.lasting?.end()]);
    this.lasting = undefined;
  }

  override createKyselyDialect(options: PoolOptions): PostgresDialect {
    const { address }: OwnOptions = this.config.get('driverOptions');
    const onPoolCreated = (pool: Pool): void => {
      retireFormer(pool, address.url);
      waitWhileRefused(pool, address.refused);
    };
    const hooked: PoolOptions & { onPoolCreated: typeof onPoolCreated } = { ...options, onPoolCreated };
    const dialect = super.createKyselyDialect(hooked);
    const createDriver = dialect.createDriver.bind(dialect);
    const tenants = new PostgresDialect({ pool: () => Promise.resolve(this.ofTenants) });
    return Object.assign(dialect, {
      createDriver: () => closing(releasing(confining(createDriver(), tenants.createDriver()))),
    });
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
    // A connection that cannot roll back is dead, and PostgreSQL has rolled back; report the error before this one.
    rollbackTransaction: (connection: Parameters<Driver['rollbackTransaction']>[0]) =>
      rollBack(connection).catch(() => undefined),
  } satisfies Partial<Driver>);
}

function closing(driver: Driver): Driver {
  const acquire = driver.acquireConnection.bind(driver);
  const destroy = driver.destroy.bind(driver);
  const opening = new Set<Promise<unknown>>();
  return Object.assign(driver, {
    acquireConnection: async (...options: Parameters<Driver['acquireConnection']>) => {
      const connection = acquire(...options);
      opening.add(connection);
      try {
        return await connection;
      } finally {
        opening.delete(connection);
      }
    },
    // Kysely asks for no connection once this has been called.
    destroy: async (...options: Parameters<Driver['destroy']>) => {
      await Promise.allSettled(opening);
      await destroy(...options);
    },
  } satisfies Partial<Driver>);
}
