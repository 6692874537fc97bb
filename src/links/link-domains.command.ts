/** Adds, verifies and removes a tenant's own domains for counted links. */
import { Inject, Injectable } from '@nestjs/common';
import { Command, CommandHandler, Query, QueryHandler, type ICommandHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  Audit,
  CONFIG,
  Database,
  decodeCursor,
  encodeCursor,
  InvalidRequest,
  iso,
  isHostName,
  isUuid,
  pageOf,
  type Page,
  type PageQuery,
  type Principal,
  type ReadyConfig,
} from '../kernel/index.js';
import { LinkBase } from './link-base.js';
import { LinkDomainCheck, recordOf, type DomainProblem } from './link-domain-check.js';
import { LinkDomainStore, type LinkDomain } from './link-domain-store.js';
import type { LinkDomainView, VerifiedLinkDomainView } from './link-domains.dto.js';
import { LINK_DOMAIN } from './links.audit.js';
import { LinkDomainNotFound } from './links.errors.js';

export class AddLinkDomain extends Command<LinkDomainView> {
  constructor(
    readonly tenantId: string,
    readonly host: string,
  ) {
    super();
  }
}

export class VerifyLinkDomain extends Command<VerifiedLinkDomainView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class RemoveLinkDomain extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListLinkDomains extends Query<Page<LinkDomainView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

/** Domains as the API shows them. */
@Injectable()
export class LinkDomainViews {
  constructor(private readonly base: LinkBase) {}

  /** Raises PublicUrlUnknown. */
  async of(domain: LinkDomain): Promise<LinkDomainView> {
    const { id, host, verified_at: verifiedAt, created_at: createdAt } = domain;
    return {
      id,
      host,
      records: [
        { type: 'TXT', ...recordOf(domain) },
        { type: 'CNAME', name: host, value: await this.base.host() },
      ],
      verifiedAt: iso(verifiedAt),
      createdAt: iso(createdAt),
    };
  }
}

@CommandHandler(AddLinkDomain)
export class AddLinkDomainHandler implements ICommandHandler<AddLinkDomain> {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ReadyConfig, 'privateHosts'>,
    private readonly store: LinkDomainStore,
    private readonly views: LinkDomainViews,
  ) {}

  /** Nothing is asked of it yet. Raises InvalidRequest for a name that nobody else can find, unless the configuration allows it. */
  async execute({ tenantId, host }: AddLinkDomain): Promise<LinkDomainView> {
    if (!isHostName(host) && !this.config.privateHosts.includes(host)) {
      throw new InvalidRequest([
        { path: 'host', message: 'host must be a name on the public internet, such as links.example.com' },
      ]);
    }
    return this.views.of(await this.store.add(tenantId, host));
  }
}

@CommandHandler(VerifyLinkDomain)
export class VerifyLinkDomainHandler implements ICommandHandler<VerifyLinkDomain> {
  constructor(
    private readonly database: Database,
    private readonly store: LinkDomainStore,
    private readonly check: LinkDomainCheck,
    private readonly views: LinkDomainViews,
    private readonly audit: Audit,
  ) {}

  /**
   * Asks its DNS, and itself, outside of any transaction. One that was verified stays so, whatever is found. Raises
   * LinkDomainNotFound.
   */
  async execute({ caller, tenantId, id }: VerifyLinkDomain): Promise<VerifiedLinkDomainView> {
    const domain = await this.store.find(tenantId, id);
    if (!domain) throw new LinkDomainNotFound();
    const problem = (await this.check.problemOf(domain)) ?? (await this.use(caller, tenantId, domain));
    const now = await this.store.find(tenantId, id);
    return { ...(await this.views.of(now ?? domain)), problem: problem ?? null };
  }

  private use(caller: Principal, tenantId: string, { id, host }: LinkDomain): Promise<DomainProblem | undefined> {
    return this.database.transaction(async () => {
      if (!(await this.store.use(tenantId, id))) return 'taken';
      await this.audit.record(caller, 'link_domain.verify', { host }, { kind: LINK_DOMAIN.kind, id, tenantId });
      return undefined;
    });
  }
}

@CommandHandler(RemoveLinkDomain)
export class RemoveLinkDomainHandler implements ICommandHandler<RemoveLinkDomain> {
  constructor(private readonly store: LinkDomainStore) {}

  /** Raises LinkDomainNotFound. */
  async execute({ tenantId, id }: RemoveLinkDomain): Promise<void> {
    if (!(await this.store.remove(tenantId, id))) throw new LinkDomainNotFound();
  }
}

@QueryHandler(ListLinkDomains)
export class ListLinkDomainsHandler implements IQueryHandler<ListLinkDomains> {
  constructor(
    private readonly store: LinkDomainStore,
    private readonly views: LinkDomainViews,
  ) {}

  /** Oldest first. Raises InvalidCursor. */
  async execute({ tenantId, page: { limit, cursor } }: ListLinkDomains): Promise<Page<LinkDomainView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const { items, nextCursor } = pageOf(
      await this.store.page(tenantId, after, limit + 1),
      limit,
      ({ id }) => encodeCursor(id),
      (domain) => domain,
    );
    return { items: await Promise.all(items.map((domain) => this.views.of(domain))), nextCursor };
  }
}
