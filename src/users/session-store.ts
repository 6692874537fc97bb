/** Sessions as stored: the hash of each token, whose it is, and until when. */
import { Injectable } from '@nestjs/common';
import { Database, type RequestsPerMinute } from '../kernel/index.js';
import { NAMED_TENANTS } from '../tenants/index.js';
import type { Role } from './roles.js';

/** Whose a session is: one of the three. */
export interface SessionHolder {
  readonly userId: string | null;
  readonly keyId: string | null;
  /** Of the admin key that it was begun with. */
  readonly adminKeyMark: string | null;
}

export interface NewSession extends SessionHolder {
  readonly tokenHash: string;
  readonly tenantId: string | null;
  /** As `actorOf` names its holder. */
  readonly actor: string;
  /** At the OpenID provider, which may end it. */
  readonly providerSession: string | null;
  /** Encrypted: who signs out there too is known by it. */
  readonly idToken: string | null;
  readonly hours: number;
}

/** One that lasts. */
export interface OpenSession extends SessionHolder {
  readonly id: string;
  /** Of its user. */
  readonly role: Role | null;
  readonly tenantId: string | null;
  readonly tenantLimits: RequestsPerMinute | null;
  /** In milliseconds since 1970. */
  readonly seen: number;
}

/** Times are PostgreSQL text. */
export interface SessionRow {
  readonly id: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
}

const COLUMNS = `id, created_at as "createdAt", last_seen_at as "lastSeenAt", expires_at as "expiresAt"`;
/** `$1`: minutes without a request after which a session is over. */
const IS_OPEN = `expires_at > now() and last_seen_at > now() - make_interval(mins => $1)`;

@Injectable()
export class SessionStore {
  constructor(private readonly database: Database) {}

  async insert(session: NewSession): Promise<SessionRow> {
    const { tokenHash, tenantId, userId, keyId, adminKeyMark, actor, providerSession, idToken, hours } = session;
    const [row] = await this.database.query<SessionRow>(
      `insert into user_session (token_hash, tenant_id, user_id, key_id, admin_key_mark, actor, provider_session, id_token, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(hours => $9)) returning ${COLUMNS}`,
      [tokenHash, tenantId, userId, keyId, adminKeyMark, actor, providerSession, idToken, hours],
    );
    if (!row) throw new Error('an insert answers its row');
    return row;
  }

  /** The one with this token, if it lasts and its user is not disabled. */
  async open(tokenHash: string, idleMinutes: number): Promise<OpenSession | undefined> {
    const [row] = await this.database.query<OpenSession>(
      `select session.id, user_id as "userId", key_id as "keyId", admin_key_mark as "adminKeyMark", console_user.role,
         session.tenant_id as "tenantId", tenant.requests_per_minute as "tenantLimits", (extract(epoch from last_seen_at) * 1000)::float8 as seen
       from user_session as session left join console_user on console_user.id = user_id
         left join ${NAMED_TENANTS} as tenant on tenant.id = console_user.tenant_id
       where token_hash = $2 and ${IS_OPEN} and console_user.disabled_at is null`,
      [idleMinutes, tokenHash],
    );
    return row;
  }

  /** That a session is used. */
  async seen(id: string): Promise<void> {
    await this.database.query(`update user_session set last_seen_at = clock_timestamp() where id = $1`, [id]);
  }

  /** Those of somebody, newest first, before an id. */
  page(actor: string, idleMinutes: number, before: string | undefined, limit: number): Promise<SessionRow[]> {
    return this.database.query<SessionRow>(
      `select ${COLUMNS} from user_session
       where actor = $2 and ${IS_OPEN} and ($3::uuid is null or id < $3) order by id desc limit $4`,
      [idleMinutes, actor, before ?? null, limit],
    );
  }

  async find(id: string): Promise<SessionRow | undefined> {
    const [row] = await this.database.query<SessionRow>(`select ${COLUMNS} from user_session where id = $1`, [id]);
    return row;
  }

  /** Whether somebody had this one; with what is kept of the sign-in at the provider. */
  async remove(actor: string, id: string): Promise<{ readonly idToken: string | null } | undefined> {
    const [row] = await this.database.query<{ idToken: string | null }>(
      `delete from user_session where id = $1 and actor = $2 returning id_token as "idToken"`,
      [id, actor],
    );
    return row;
  }

  async removeByToken(tokenHash: string): Promise<void> {
    await this.database.query(`delete from user_session where token_hash = $1`, [tokenHash]);
  }

  async removeOfUser(userId: string): Promise<void> {
    await this.database.query(`delete from user_session where user_id = $1`, [userId]);
  }

  /** Those that began with one session at the provider, or all of a subject there. */
  async removeOfProvider(issuer: string, subject: string | undefined, session: string | undefined): Promise<void> {
    await this.database.query(
      `delete from user_session using console_user
       where console_user.id = user_id and issuer = $1 and coalesce(subject = $2, $3::text is not null) and coalesce(provider_session = $3, $3::text is null)`,
      [issuer, subject ?? null, session ?? null],
    );
  }

  /** Forgets those that are over. */
  async purge(idleMinutes: number): Promise<void> {
    await this.database.query(`delete from user_session where not (${IS_OPEN})`, [idleMinutes]);
  }
}
