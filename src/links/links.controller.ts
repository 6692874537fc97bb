/** Routes of counted links. */
import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, InvalidCursor, TenantId, type Page } from '../kernel/index.js';
import { Scope } from '../tenants/index.js';
import { ListFollowedLinks } from './followed-links.query.js';
import { FollowedLinksQuery, FollowedLinkView } from './links.dto.js';

@ApiTags('Reports')
@Controller('api/reports/links')
export class LinksController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Scope('usage:read')
  @ApiOperation({
    summary: 'Counted links of a campaign, a template or a message, those that most people followed first',
    description: 'A message counts once for each of its links. Links that nobody followed are absent.',
  })
  @ApiPage(FollowedLinkView)
  @ApiProblems(new InvalidCursor())
  listFollowedLinks(@TenantId() tenantId: string, @Query() wish: FollowedLinksQuery): Promise<Page<FollowedLinkView>> {
    return this.queries.execute(new ListFollowedLinks(tenantId, wish));
  }
}
