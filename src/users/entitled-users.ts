/** Who of a tenant may do something: whom to tell that it is to be done. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Scope } from '../tenants/index.js';
import { RIGHTS, ROLES } from './roles.js';

export interface EntitledUser {
  /** As in `createdBy`, such as `user:<id>`. */
  readonly actor: string;
  readonly email: string;
}

@Injectable()
export class EntitledUsers {
  constructor(private readonly database: Database) {}

  /** The tenant's own users whose role has the scope, and who may sign in. */
  with(tenantId: string, scope: Scope): Promise<EntitledUser[]> {
    return this.database.query(
      `select 'user:' || id as actor, email from console_user
       where tenant_id = $1 and disabled_at is null and role = any($2::text[]) order by id`,
      [tenantId, ROLES.filter((role) => RIGHTS[role].scopes.has(scope))],
    );
  }

  /** A user of the tenant by actor, who may sign in; undefined for a key, and for somebody who is gone. */
  async named(tenantId: string, actor: string): Promise<EntitledUser | undefined> {
    const [user] = await this.database.query<EntitledUser>(
      `select 'user:' || id as actor, email from console_user
       where tenant_id = $1 and 'user:' || id = $2 and disabled_at is null`,
      [tenantId, actor],
    );
    return user;
  }
}
