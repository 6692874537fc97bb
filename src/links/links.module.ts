import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/index.js';
import { ClickBuffer } from './click-buffer.js';
import { ClickLog } from './click-log.js';
import { CountedLinks } from './counted-links.js';
import { ListFollowedLinksHandler } from './followed-links.query.js';
import { LinkBase } from './link-base.js';
import { LinkDomainCheck } from './link-domain-check.js';
import { LinkDomainStore } from './link-domain-store.js';
import {
  AddLinkDomainHandler,
  LinkDomainViews,
  ListLinkDomainsHandler,
  RemoveLinkDomainHandler,
  VerifyLinkDomainHandler,
} from './link-domains.command.js';
import { LinkDomainsController } from './link-domains.controller.js';
import { LinkKey } from './link-key.js';
import { LinkPolicies } from './link-policies.js';
import { LinkResolver } from './link-resolver.js';
import { LinkStore } from './link-store.js';
import { LinksController } from './links.controller.js';
import { PurgeLinksSchedule } from './purge-links.schedule.js';
import { RedirectController } from './redirect.controller.js';

@Module({
  imports: [LedgerModule],
  controllers: [LinkDomainsController, LinksController, RedirectController],
  providers: [
    AddLinkDomainHandler,
    ListFollowedLinksHandler,
    ListLinkDomainsHandler,
    RemoveLinkDomainHandler,
    VerifyLinkDomainHandler,
    ClickBuffer,
    ClickLog,
    CountedLinks,
    LinkBase,
    LinkDomainCheck,
    LinkDomainStore,
    LinkDomainViews,
    LinkKey,
    LinkPolicies,
    LinkResolver,
    LinkStore,
    PurgeLinksSchedule,
  ],
  exports: [CountedLinks],
})
export class LinksModule {}
