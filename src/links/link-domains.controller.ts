/** Routes of tenants' own domains for counted links. */
import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  IdParam,
  InvalidCursor,
  PageQuery,
  TenantId,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { Scope } from '../tenants/index.js';
import { AddLinkDomain, ListLinkDomains, RemoveLinkDomain, VerifyLinkDomain } from './link-domains.command.js';
import { AddLinkDomainBody, LinkDomainView, VerifiedLinkDomainView } from './link-domains.dto.js';
import { LINK_DOMAIN } from './links.audit.js';
import { LinkDomainNotFound } from './links.errors.js';

@ApiTags('Venues and senders')
@Controller('api/link-domains')
export class LinkDomainsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Scope('settings:write')
  @Audited({ action: 'link_domain.add', object: LINK_DOMAIN })
  @ApiOperation({
    summary: 'Add a domain of the tenant’s own for its counted links',
    description: 'It is used once it is verified. Added again it is the same.',
  })
  @ApiCreatedResponse({ type: LinkDomainView })
  addLinkDomain(@TenantId() tenantId: string, @Body() { host }: AddLinkDomainBody): Promise<LinkDomainView> {
    return this.commands.execute(new AddLinkDomain(tenantId, host));
  }

  @Get()
  @Scope('settings:write')
  @ApiOperation({ summary: 'Link domains, oldest first' })
  @ApiPage(LinkDomainView)
  @ApiProblems(new InvalidCursor())
  listLinkDomains(@TenantId() tenantId: string, @Query() page: PageQuery): Promise<Page<LinkDomainView>> {
    return this.queries.execute(new ListLinkDomains(tenantId, page));
  }

  @Post(':id/verify')
  @HttpCode(200)
  @Scope('settings:write')
  @ApiOperation({
    summary: 'See whether a link domain is the tenant’s and leads to us, and use it from now on',
    description: 'Of several the one that was verified last is used. `problem` says what is in the way.',
  })
  @ApiOkResponse({ type: VerifiedLinkDomainView })
  @ApiProblems(new LinkDomainNotFound())
  verifyLinkDomain(
    @Caller() caller: Principal,
    @TenantId() tenantId: string,
    @IdParam() id: string,
  ): Promise<VerifiedLinkDomainView> {
    return this.commands.execute(new VerifyLinkDomain(caller, tenantId, id));
  }

  @Delete(':id')
  @HttpCode(204)
  @Scope('settings:write')
  @Audited({ action: 'link_domain.remove', object: LINK_DOMAIN, param: 'id' })
  @ApiOperation({
    summary: 'Use a link domain no more',
    description: 'Links that were sent lead on for as long as it leads to us.',
  })
  @ApiNoContentResponse()
  @ApiProblems(new LinkDomainNotFound())
  removeLinkDomain(@TenantId() tenantId: string, @IdParam() id: string): Promise<void> {
    return this.commands.execute(new RemoveLinkDomain(tenantId, id));
  }
}
