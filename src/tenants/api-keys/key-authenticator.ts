/** Identifies the holder of a bearer token: the platform admin, or a tenant's service. */
import { Inject, Injectable } from '@nestjs/common';
import {
  Authenticator,
  CONFIG,
  Database,
  ShortCache,
  TENANT_HEADER,
  isUuid,
  sameSecret,
  type Principal,
  type ReadyConfig,
} from '../../kernel/index.js';
import { hashOf, parseKey } from './api-key.entity.js';
import { TenantNotFound } from '../tenants.errors.js';

interface KeyRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly secret_hash: string;
  readonly scopes: string[];
}

/** Slugs are for people, and may change. */
const NO_ID = `${TENANT_HEADER} must be the tenant’s id (a UUID), not its slug or name: GET /api/tenants lists them`;
/** A revoked key works at most this much longer in other processes. */
const CACHE_MS = 5_000;

@Injectable()
export class KeyAuthenticator extends Authenticator {
  private readonly keys = new ShortCache<KeyRow | undefined>(CACHE_MS);

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly database: Database,
  ) {
    super();
  }

  override async authenticate(token: string, actForTenant: string | undefined): Promise<Principal | undefined> {
    if (sameSecret(token, this.config.adminKey)) return this.admin(actForTenant);
    const key = parseKey(token);
    const row = key && (await this.find(key.id));
    if (!key || !row || !sameSecret(hashOf(key.secret), row.secret_hash)) return undefined;
    return { kind: 'tenant', tenantId: row.tenant_id, keyId: row.id, scopes: new Set(row.scopes) };
  }

  /** A key revoked in this process stops working at once. */
  forget(keyId: string): void {
    this.keys.forget(keyId);
  }

  private async admin(tenantId: string | undefined): Promise<Principal> {
    if (tenantId === undefined) return { kind: 'admin' };
    const isId = isUuid(tenantId);
    const known = isId ? await this.database.query('select 1 from tenant where id = $1', [tenantId]) : [];
    if (known.length === 0) throw new TenantNotFound(isId ? undefined : NO_ID).at(TENANT_HEADER);
    return { kind: 'admin', tenantId: tenantId.toLowerCase() };
  }

  private find(id: string): Promise<KeyRow | undefined> {
    return this.keys.get(id, async () => {
      const [row] = await this.database.query<KeyRow>(
        'select id, tenant_id, secret_hash, scopes from api_key where id = $1 and revoked_at is null',
        [id],
      );
      return row;
    });
  }
}
