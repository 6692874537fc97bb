/** Identifies the holder of a bearer token: the platform admin, or a tenant's service. */
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  AddressNotAllowed,
  Authenticator,
  ChangeFeed,
  CONFIG,
  Database,
  errorLine,
  KeyExpired,
  Networks,
  ShortCache,
  SparingLogger,
  TENANT_HEADER,
  isUuid,
  sameSecret,
  type RequestsPerMinute,
  type Principal,
  type ReadyConfig,
} from '../../kernel/index.js';
import { hashOf, parseKey } from './api-key.entity.js';
import { TenantNotFound } from '../tenants.errors.js';
import { WrongKeys } from './wrong-keys.js';

interface KeyRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly secret_hash: string;
  readonly scopes: string[];
  readonly networks: string[];
  readonly key_limits: RequestsPerMinute;
  readonly tenant_limits: RequestsPerMinute;
  /** In milliseconds since 1970. */
  readonly expires: number | null;
  readonly last_used: number | null;
}

interface Key extends KeyRow {
  /** Null for everywhere. */
  readonly from: Networks | null;
  /** When it was last noted to be used, in milliseconds since 1970. */
  notedAt: number;
}

/** To the minute: to note each use would be a write for each request. */
const NOTED_EVERY_MS = 60_000;

/** Slugs are for people, and may change. */
const NO_ID = `${TENANT_HEADER} must be the tenant’s id (a UUID), not its slug or name: GET /api/tenants lists them`;
/** Where a connection was cut without a word, a key that was revoked by another process works this much longer. */
const CACHE_MS = 5_000;
/** What is announced of a key: that it was revoked, or ends earlier. */
const TOPIC = 'api-key';

@Injectable()
export class KeyAuthenticator extends Authenticator implements OnModuleInit {
  private readonly logger = new SparingLogger(new Logger(KeyAuthenticator.name));
  private readonly keys = new ShortCache<Key | undefined>(CACHE_MS);

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly database: Database,
    private readonly wrongKeys: WrongKeys,
    private readonly changes: ChangeFeed,
  ) {
    super();
  }

  onModuleInit(): void {
    this.changes.on(TOPIC, { changed: (keyId) => this.keys.forget(keyId), missed: () => this.keys.clear() });
  }

  override async authenticate(
    token: string,
    actForTenant: string | undefined,
    address: string,
  ): Promise<Principal | undefined> {
    if (this.isAdminKey(token)) return this.platform(actForTenant);
    const parts = parseKey(this.config, token);
    const key = parts && (await this.find(parts.id));
    if (!parts || !key || !sameSecret(hashOf(parts.secret), key.secret_hash)) return this.refuse(address);
    return this.holder(key, address);
  }

  /** Who signed in with a key, as long as it works; undefined once it is revoked. Raises KeyExpired and AddressNotAllowed. */
  async signedInWith(keyId: string, address: string): Promise<Principal | undefined> {
    const key = await this.find(keyId);
    return key && this.holder(key, address);
  }

  /** One of the platform, who acts for this tenant if one is named. Raises TenantNotFound for an id that is none. */
  async platform(tenantId: string | undefined): Promise<Extract<Principal, { kind: 'admin' }>> {
    if (tenantId === undefined) return { kind: 'admin' };
    const isId = isUuid(tenantId);
    const known = isId ? await this.database.query('select 1 from tenant where id = $1', [tenantId]) : [];
    if (known.length === 0) throw new TenantNotFound(isId ? undefined : NO_ID).at(TENANT_HEADER);
    return { kind: 'admin', tenantId: tenantId.toLowerCase() };
  }

  /** With the open transaction a key is no longer what it was, in all processes: here before the transaction is over for its caller. */
  async changed(keyId: string): Promise<void> {
    await this.changes.announce(TOPIC, keyId);
    await this.database.afterCommit(() => this.keys.forget(keyId));
  }

  private isAdminKey(token: string): boolean {
    const { adminKey, formerAdminKey } = this.config;
    return sameSecret(token, adminKey) || (formerAdminKey !== undefined && sameSecret(token, formerAdminKey));
  }

  private async holder(key: Key, address: string): Promise<Principal> {
    if (key.expires !== null && key.expires <= Date.now()) throw new KeyExpired();
    if (key.from && !key.from.has(address)) throw new AddressNotAllowed();
    await this.note(key);
    const limits = { key: key.key_limits, tenant: key.tenant_limits };
    return { kind: 'tenant', tenantId: key.tenant_id, keyId: key.id, scopes: new Set(key.scopes), limits };
  }

  private async refuse(address: string): Promise<undefined> {
    await this.wrongKeys.add(address);
  }

  /** That a key is used. A request does not fail for it. */
  private async note(key: Key): Promise<void> {
    const now = Date.now();
    if (now - key.notedAt < NOTED_EVERY_MS) return;
    key.notedAt = now;
    try {
      await this.database.query(
        `update api_key set last_used_at = clock_timestamp()
         where id = $1 and coalesce(last_used_at < clock_timestamp() - make_interval(secs => $2), true)`,
        [key.id, NOTED_EVERY_MS / 1_000],
      );
    } catch (error) {
      this.logger.warn(`The use of an API key was not noted: ${errorLine(error)}`);
    }
  }

  /** Read each time while changes by other processes are not heard. */
  private find(id: string): Promise<Key | undefined> {
    return this.changes.isListening ? this.keys.get(id, () => this.read(id)) : this.read(id);
  }

  private async read(id: string): Promise<Key | undefined> {
    const [row] = await this.database.query<KeyRow>(
      `select api_key.id, tenant_id, secret_hash, scopes, networks, (extract(epoch from expires_at) * 1000)::float8 as expires,
           (extract(epoch from last_used_at) * 1000)::float8 as last_used,
           api_key.requests_per_minute as key_limits, tenant.requests_per_minute as tenant_limits
         from api_key join tenant on tenant.id = tenant_id where api_key.id = $1 and revoked_at is null`,
      [id],
    );
    if (!row) return undefined;
    const from = row.networks.length > 0 ? new Networks(row.networks) : null;
    return { ...row, from, notedAt: row.last_used ?? 0 };
  }
}
