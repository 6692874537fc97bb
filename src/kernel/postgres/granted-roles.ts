/** Which roles were granted what, and whether they still have all of it. */
import type { MikroORM } from '@mikro-orm/postgresql';
import { lackedBy, rolesServed } from './grants.js';
import { mayActForTenants, TENANT_ROLE } from './isolation.js';
import { readersOf, viewsOf, type ReportParts } from './reader-grants.js';

export interface GrantedRole {
  readonly role: string;
  readonly of: 'service' | 'reports';
  /** Whose reports it reads; null: of all tenants. */
  readonly tenantId: string | null;
  /** Names of what it lacks of that. */
  readonly lacks: readonly string[];
}

/** The roles that the service may run as, then those that read reports. */
export async function grantedRoles(orm: MikroORM, reports: ReportParts): Promise<GrantedRole[]> {
  const pool = await orm.em.getConnection().getNativeClient();
  const client = await pool.connect();
  try {
    const granted: GrantedRole[] = [];
    for (const role of await rolesServed(client)) {
      const lacks = await lackedBy(client, role, viewsOf(reports));
      if (!(await mayActForTenants(client, role))) lacks.push(TENANT_ROLE);
      granted.push({ role, of: 'service', tenantId: null, lacks });
    }
    for (const { role, tenantId, lacks } of await readersOf(client, reports)) {
      granted.push({ role, of: 'reports', tenantId: tenantId ?? null, lacks });
    }
    return granted;
  } finally {
    client.release();
  }
}
