/**
 * Gives the statements of a tenant's request connections of the tenants' role, on which that tenant is set, and all others those of the
 * service's own role. Both are behind one driver, so that nothing above it can forget to choose.
 */
import { CompiledQuery, type DatabaseConnection, type Driver } from 'kysely';
import { TENANT_ROLE, TENANT_SETTING } from './isolation.js';
import { confinedTo } from './tenant-scope.js';

/** Of a connection's start: `reset role` leads back to it. */
export const AS_TENANTS = `-c role=${TENANT_ROLE}`;

/** Raised if a connection that should be of the tenants' role is of another: something on the way has dropped the option. */
export class NotConfined extends Error {
  constructor() {
    super(`The database did not take the role ${TENANT_ROLE} for a connection: lead the URL directly to PostgreSQL`);
    this.name = 'NotConfined';
  }
}

/** The tenant stays set while a connection waits in the pool: mostly the next request is of the same. */
export function confining(own: Driver, tenants: Driver): Driver {
  const set = new WeakMap<DatabaseConnection, string>();
  const seen = new WeakSet<DatabaseConnection>();
  const ofTenants = new WeakSet<DatabaseConnection>();

  const acquire = async (
    tenantId: string,
    options: Parameters<Driver['acquireConnection']>[0],
  ): Promise<DatabaseConnection> => {
    const connection = await tenants.acquireConnection(options);
    ofTenants.add(connection);
    if (set.get(connection) === tenantId) return connection;
    try {
      if (!seen.has(connection)) await check(connection);
      seen.add(connection);
      set.delete(connection);
      await connection.executeQuery(CompiledQuery.raw(`set ${TENANT_SETTING} = '${tenantId}'`)); // a UUID: `confineTo` has seen to it
      set.set(connection, tenantId);
      return connection;
    } catch (error) {
      await tenants.releaseConnection(connection);
      throw error;
    }
  };

  const acquireOwn = own.acquireConnection.bind(own);
  const releaseOwn = own.releaseConnection.bind(own);
  const [initOwn, destroyOwn] = [own.init.bind(own), own.destroy.bind(own)];
  return Object.assign(own, {
    init: async (...options: Parameters<Driver['init']>) => {
      await Promise.all([initOwn(...options), tenants.init(...options)]);
    },
    acquireConnection: (...[options]: Parameters<Driver['acquireConnection']>) => {
      const tenantId = confinedTo();
      return tenantId === undefined ? acquireOwn(options) : acquire(tenantId, options);
    },
    releaseConnection: (...release: Parameters<Driver['releaseConnection']>) => {
      const [connection] = release;
      return ofTenants.has(connection) ? tenants.releaseConnection(...release) : releaseOwn(...release);
    },
    destroy: async (...options: Parameters<Driver['destroy']>) => {
      await Promise.all([destroyOwn(...options), tenants.destroy(...options)]);
    },
  } satisfies Partial<Driver>);
}

async function check(connection: DatabaseConnection): Promise<void> {
  const { rows } = await connection.executeQuery<{ role: string }>(CompiledQuery.raw('select current_user as role'));
  if (rows[0]?.role !== TENANT_ROLE) throw new NotConfined();
}
