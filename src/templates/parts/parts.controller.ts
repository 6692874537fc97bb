/** Routes of layouts and partials. */
import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  PageQuery,
  TenantId,
  actorOf,
  type Page,
  type Principal,
} from '../../kernel/index.js';
import { Scope } from '../../tenants/index.js';
import { InvalidTemplate, PartKeyTaken, PartNotFound, TemplateSyntaxError } from '../template.errors.js';
import { PreviewQuery } from '../templates.dto.js';
import { PART } from './parts.audit.js';
import { CreatePartBody, PartView, UpdatePartBody } from './parts.dto.js';
import { GetPart, ListParts } from './read-parts.query.js';
import { CreatePart, PublishPartVersion } from './save-part.command.js';

const UNSOUND = [
  new InvalidTemplate([{ path: 'html', message: 'a layout has `{{ content }}` exactly once' }]),
  new TemplateSyntaxError('html', 3, 12, 'tag "iff" not found'),
];

@ApiTags('Templates')
@Controller('api/template-parts')
export class PartsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Scope('templates:write')
  @Audited({ action: 'template_part.create', object: PART, answer: 'key' })
  @ApiOperation({ summary: 'Publish a new layout or partial' })
  @ApiCreatedResponse({ type: PartView })
  @ApiProblems(new PartKeyTaken(), ...UNSOUND)
  createTemplatePart(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: CreatePartBody,
  ): Promise<PartView> {
    return this.commands.execute(new CreatePart(tenantId, actorOf(caller), body));
  }

  @Get()
  @Scope('templates:read')
  @ApiOperation({ summary: 'All layouts and partials with their current versions, by key' })
  @ApiPage(PartView)
  listTemplateParts(@TenantId() tenantId: string, @Query() page: PageQuery): Promise<Page<PartView>> {
    return this.queries.execute(new ListParts(tenantId, page));
  }

  @Get(':key')
  @Scope('templates:read')
  @ApiOperation({ summary: 'One layout or partial, its current version or an older one' })
  @ApiOkResponse({ type: PartView })
  @ApiProblems(new PartNotFound())
  getTemplatePart(
    @TenantId() tenantId: string,
    @Param('key') key: string,
    @Query() { version }: PreviewQuery,
  ): Promise<PartView> {
    return this.queries.execute(new GetPart(tenantId, key, version));
  }

  @Put(':key')
  @Scope('templates:write')
  @Audited({ action: 'template_part.publish', object: PART, param: 'key' })
  @ApiOperation({
    summary: 'Publish a new version of a layout or partial',
    description:
      'Templates keep the version that they were published with. With `republish`, every one that has another gets a new version of its own.',
  })
  @ApiOkResponse({ type: PartView })
  @ApiProblems(new PartNotFound(), ...UNSOUND)
  publishTemplatePartVersion(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Body() body: UpdatePartBody,
  ): Promise<PartView> {
    return this.commands.execute(new PublishPartVersion(tenantId, actorOf(caller), key, body));
  }
}
