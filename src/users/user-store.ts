/** Users as stored: people of a tenant, or of the platform, who use the console. */
import { Injectable } from '@nestjs/common';
import { Database, violatedUnique } from '../kernel/index.js';
import { NAMED_TENANTS } from '../tenants/index.js';
import type { Role } from './roles.js';
import { UserExists } from './users.errors.js';

/** Times are PostgreSQL text. */
export interface UserRow {
  readonly id: string;
  /** Null: of the platform. */
  readonly tenantId: string | null;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  /** Made, and given the role, by what the OpenID provider says. */
  readonly byClaim: boolean;
  /** At the OpenID provider; null until the first sign-in. */
  readonly subject: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly lastSignedInAt: string | null;
  readonly disabledAt: string | null;
}

export type NewUser = Pick<UserRow, 'tenantId' | 'email' | 'name' | 'role' | 'byClaim' | 'createdBy'>;

const COLUMNS = `id, tenant_id as "tenantId", email, name, role, by_claim as "byClaim", subject, created_by as "createdBy",
  created_at as "createdAt", last_signed_in_at as "lastSignedInAt", disabled_at as "disabledAt"`;

@Injectable()
export class UserStore {
  constructor(private readonly database: Database) {}

  /** Raises UserExists. */
  async insert({ tenantId, email, name, role, byClaim, createdBy }: NewUser): Promise<UserRow> {
    try {
      const [row] = await this.database.query<UserRow>(
        `insert into console_user (tenant_id, email, name, role, by_claim, created_by) values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
        [tenantId, email, name, role, byClaim, createdBy],
      );
      if (!row) throw new Error('an insert answers its row');
      return row;
    } catch (error) {
      throw violatedUnique(error) === 'console_user_email_unique' ? new UserExists() : error;
    }
  }

  /** Of a user that was found; `disabled` says whether they are, and leaves it if they are so already. */
  async update(
    id: string,
    { name, role, disabled }: Pick<UserRow, 'name' | 'role'> & { disabled: boolean },
  ): Promise<void> {
    await this.database.query(
      `update console_user set name = $2, role = $3, disabled_at = case when $4 then coalesce(disabled_at, clock_timestamp()) end where id = $1`,
      [id, name, role, disabled],
    );
  }

  /** With their sessions. */
  async remove(id: string): Promise<void> {
    await this.database.query(`delete from console_user where id = $1`, [id]);
  }

  /** One of the tenant, or of the platform without one. */
  async find(tenantId: string | undefined, id: string): Promise<UserRow | undefined> {
    const [row] = await this.database.query<UserRow>(
      `select ${COLUMNS} from console_user where id = $1 and tenant_id is not distinct from $2::uuid`,
      [id, tenantId ?? null],
    );
    return row;
  }

  /** Whoever they belong to. */
  async byId(id: string): Promise<UserRow | undefined> {
    const [row] = await this.database.query<UserRow>(`select ${COLUMNS} from console_user where id = $1`, [id]);
    return row;
  }

  /** Oldest first, after an id. */
  page(tenantId: string | undefined, after: string | undefined, limit: number): Promise<UserRow[]> {
    return this.database.query<UserRow>(
      `select ${COLUMNS} from console_user
       where tenant_id is not distinct from $1::uuid and ($2::uuid is null or id > $2) order by id limit $3`,
      [tenantId ?? null, after ?? null, limit],
    );
  }

  /** Whom the provider knows by this subject, of the tenant with this slug if one is named. */
  bySubject(issuer: string, subject: string, tenantSlug: string | undefined): Promise<UserRow[]> {
    return this.database.query<UserRow>(
      `select ${COLUMNS} from console_user
       where issuer = $1 and subject = $2 and ($3::text is null or tenant_id = (select id from ${NAMED_TENANTS} as tenant where slug = $3))
       for no key update`,
      [issuer, subject, tenantSlug ?? null],
    );
  }

  /** Who was invited by this address and has not come yet, of the tenant with this slug if one is named. */
  invited(email: string, tenantSlug: string | undefined): Promise<UserRow[]> {
    return this.database.query<UserRow>(
      `select ${COLUMNS} from console_user
       where email = $1 and subject is null and ($2::text is null or tenant_id = (select id from ${NAMED_TENANTS} as tenant where slug = $2))
       for no key update`,
      [email, tenantSlug ?? null],
    );
  }

  /** From now on the user is who has this subject at the provider. */
  async bind(id: string, issuer: string, subject: string): Promise<void> {
    await this.database.query(`update console_user set issuer = $2, subject = $3 where id = $1`, [id, issuer, subject]);
  }

  /** A user signs in, with the name and the role that they have now. */
  async signedIn(id: string, name: string | null, role: Role): Promise<void> {
    await this.database.query(
      `update console_user set last_signed_in_at = clock_timestamp(), name = $2, role = $3 where id = $1`,
      [id, name, role],
    );
  }

  /** The ids of tenants by their slugs. */
  async tenantsOf(slugs: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.database.query<{ slug: string; id: string }>(
      `select slug, id from ${NAMED_TENANTS} as tenant where slug = any($1::text[])`,
      [slugs],
    );
    return new Map(rows.map(({ slug, id }) => [slug, id]));
  }
}
