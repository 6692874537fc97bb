/** Routes of a template's versions. */
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  InvalidCursor,
  PageQuery,
  TenantId,
  actorOf,
  type Page,
  type Principal,
} from '../../kernel/index.js';
import { Scope } from '../../tenants/index.js';
import {
  FallbackTemplateUnfit,
  TemplateNotFound,
  TemplateVersionCurrent,
  TemplateVersionNotFound,
} from '../template.errors.js';
import { TEMPLATE } from '../templates.audit.js';
import { TemplateView } from '../templates.dto.js';
import { DiffVersions } from './diff-versions.query.js';
import { ListVersions } from './list-versions.query.js';
import { RollBackTemplate } from './roll-back.command.js';
import { DiffQuery, DiffView, RollBackBody, VersionView } from './versions.dto.js';

const NOT_FOUND = [new TemplateNotFound(), new TemplateVersionNotFound(7, 3)];

@ApiTags('Templates')
@Controller('api/templates/:key')
export class VersionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('versions')
  @Scope('templates:read')
  @ApiOperation({ summary: 'The versions of a template, newest first' })
  @ApiPage(VersionView)
  @ApiProblems(new TemplateNotFound(), new InvalidCursor())
  listTemplateVersions(
    @TenantId() tenantId: string,
    @Param('key') key: string,
    @Query() page: PageQuery,
  ): Promise<Page<VersionView>> {
    return this.queries.execute(new ListVersions(tenantId, key, page));
  }

  @Get('diff')
  @Scope('templates:read')
  @ApiOperation({ summary: 'How two versions of a template differ' })
  @ApiOkResponse({ type: DiffView })
  @ApiProblems(...NOT_FOUND)
  diffTemplateVersions(
    @TenantId() tenantId: string,
    @Param('key') key: string,
    @Query() query: DiffQuery,
  ): Promise<DiffView> {
    return this.queries.execute(new DiffVersions(tenantId, key, query));
  }

  @Post('roll-back')
  @HttpCode(200)
  @Scope('templates:write')
  @Audited({ action: 'template.restore', object: TEMPLATE, param: 'key', details: ['version'] })
  @ApiOperation({
    summary: 'Bring an earlier version back',
    description: 'Published as the next version, as it was: with the layout, partials and branding of then.',
  })
  @ApiOkResponse({ type: TemplateView })
  @ApiProblems(...NOT_FOUND, new TemplateVersionCurrent(3), new FallbackTemplateUnfit('order-sms'))
  rollBackTemplate(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Body() { version }: RollBackBody,
  ): Promise<TemplateView> {
    return this.commands.execute(new RollBackTemplate(tenantId, actorOf(caller), key, version));
  }
}
