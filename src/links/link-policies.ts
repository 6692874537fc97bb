/** The policies of all tenants whose links are counted: few, and asked for with every batch that is sent. */
import { Injectable } from '@nestjs/common';
import { Database, ShortCache } from '../kernel/index.js';
import { LINKING_TENANTS, type Category } from '../tenants/index.js';
import { LinkBase } from './link-base.js';
import { DOMAINS_IN_USE } from './link-domain-store.js';
import type { LinkPolicy } from './link-policy.js';

/** As long as settings take elsewhere. */
const CACHE_MS = 2_000;

interface Row {
  readonly id: string;
  readonly link_hosts: readonly string[];
  readonly link_categories: readonly Category[];
  /** Of its own; null for none. */
  readonly domain: string | null;
}

@Injectable()
export class LinkPolicies {
  private readonly cache = new ShortCache<ReadonlyMap<string, LinkPolicy>>(CACHE_MS, 1);

  constructor(
    private readonly database: Database,
    private readonly base: LinkBase,
  ) {}

  /** By tenant; one without is not among them. Raises PublicUrlUnknown if there are any. */
  all(): Promise<ReadonlyMap<string, LinkPolicy>> {
    return this.cache.get('all', () => this.read());
  }

  private async read(): Promise<ReadonlyMap<string, LinkPolicy>> {
    const rows = await this.database.query<Row>(
      `select id, link_hosts, link_categories, domain.host as domain
       from ${LINKING_TENANTS} as tenant left join ${DOMAINS_IN_USE} as domain on domain.tenant_id = tenant.id
       where link_categories <> '{}'`,
    );
    const policies = rows.map(async ({ id, link_hosts: hosts, link_categories: categories, domain }) => {
      const policy = { hosts, categories: new Set(categories), base: await this.base.at(domain) };
      return [id, policy] as const;
    });
    return new Map(await Promise.all(policies));
  }
}
