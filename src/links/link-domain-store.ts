/** Tenants' own domains for counted links. */
import { Injectable } from '@nestjs/common';
import { Database, ShortCache, unconfined } from '../kernel/index.js';

/** As long as settings take elsewhere. */
const CACHE_MS = 2_000;

/** Times are PostgreSQL text. */
export interface LinkDomain {
  readonly id: string;
  readonly host: string;
  /** What the record in its DNS says. */
  readonly token: string;
  readonly verified_at: string | null;
  readonly created_at: string;
}

const COLUMNS = 'id, host, token, verified_at, created_at';

/** The domain that a tenant's links are at: the one that was verified last. */
export const DOMAINS_IN_USE = `(
  select distinct on (tenant_id) tenant_id, host from link_domain where verified_at is not null order by tenant_id, verified_at desc)`;

@Injectable()
export class LinkDomainStore {
  private readonly cache = new ShortCache<ReadonlyMap<string, string>>(CACHE_MS, 1);

  constructor(private readonly database: Database) {}

  /** The tenant of each domain that is verified. */
  owners(): Promise<ReadonlyMap<string, string>> {
    return this.cache.get('all', async () => {
      const rows = await this.database.query<{ host: string; tenant_id: string }>(
        `select host, tenant_id from link_domain where verified_at is not null`,
      );
      return new Map(rows.map(({ host, tenant_id: tenantId }) => [host, tenantId]));
    });
  }

  /** A tenant's domain with this host; the same one if there is one. */
  async add(tenantId: string, host: string): Promise<LinkDomain> {
    const [domain] = await this.database.query<LinkDomain>(
      `insert into link_domain as held (tenant_id, host) values ($1, $2)
       on conflict (tenant_id, host) do update set host = held.host returning ${COLUMNS}`,
      [tenantId, host],
    );
    if (!domain) throw new Error('a domain that was added is there');
    return domain;
  }

  async find(tenantId: string, id: string): Promise<LinkDomain | undefined> {
    const [domain] = await this.database.query<LinkDomain>(
      `select ${COLUMNS} from link_domain where tenant_id = $1 and id = $2`,
      [tenantId, id],
    );
    return domain;
  }

  /** Oldest first, after an id. */
  page(tenantId: string, after: string | undefined, limit: number): Promise<LinkDomain[]> {
    return this.database.query<LinkDomain>(
      `select ${COLUMNS} from link_domain where tenant_id = $1 and ($2::uuid is null or id > $2) order by id limit $3`,
      [tenantId, after ?? null, limit],
    );
  }

  /** From now on the tenant's links are at this one; false if it is another tenant's. */
  async use(tenantId: string, id: string): Promise<boolean> {
    const taken = await unconfined(() =>
      this.database.query(
        `select from link_domain join link_domain as other using (host)
         where link_domain.tenant_id = $1 and link_domain.id = $2 and other.tenant_id <> $1 and other.verified_at is not null`,
        [tenantId, id],
      ),
    );
    if (taken.length > 0) return false;
    const used = await this.database.query(
      `update link_domain set verified_at = now() where tenant_id = $1 and id = $2 returning id`,
      [tenantId, id],
    );
    return used.length > 0;
  }

  /** Whether there was one. */
  async remove(tenantId: string, id: string): Promise<boolean> {
    const removed = await this.database.query(`delete from link_domain where tenant_id = $1 and id = $2 returning id`, [
      tenantId,
      id,
    ]);
    return removed.length > 0;
  }
}
