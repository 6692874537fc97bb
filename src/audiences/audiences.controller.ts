/** Audience routes. */
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  Audited,
  IdParam,
  InvalidCursor,
  PageQuery,
  TenantId,
  type Page,
} from '../kernel/index.js';
import { Scope } from '../tenants/index.js';
import { AudienceView, CreateAudienceBody, UpdateAudienceBody } from './audience.dto.js';
import { AudienceInUse, AudienceNotFound } from './audience.errors.js';
import { CreateAudience, DeleteAudience, UpdateAudience } from './audiences.command.js';
import { GetAudience, ListAudiences } from './audiences.query.js';
import { AUDIENCE } from './audiences.audit.js';

@ApiTags('Audiences')
@Controller('api/audiences')
export class AudiencesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Scope('audiences:write')
  @Audited({ action: 'audience.create', object: AUDIENCE })
  @ApiOperation({ summary: 'Make an audience', description: 'It is empty at first: add contacts to it.' })
  @ApiCreatedResponse({ type: AudienceView })
  createAudience(@TenantId() tenantId: string, @Body() body: CreateAudienceBody): Promise<AudienceView> {
    return this.commands.execute(new CreateAudience(tenantId, body));
  }

  @Get()
  @Scope('audiences:read')
  @ApiOperation({ summary: 'All audiences, oldest first' })
  @ApiPage(AudienceView)
  @ApiProblems(new InvalidCursor())
  listAudiences(@TenantId() tenantId: string, @Query() page: PageQuery): Promise<Page<AudienceView>> {
    return this.queries.execute(new ListAudiences(tenantId, page));
  }

  @Get(':id')
  @Scope('audiences:read')
  @ApiOperation({ summary: 'One audience, with how many contacts it has' })
  @ApiOkResponse({ type: AudienceView })
  @ApiProblems(new AudienceNotFound())
  getAudience(@TenantId() tenantId: string, @IdParam() id: string): Promise<AudienceView> {
    return this.queries.execute(new GetAudience(tenantId, id));
  }

  @Patch(':id')
  @Scope('audiences:write')
  @Audited({ action: 'audience.update', object: AUDIENCE, param: 'id' })
  @ApiOperation({ summary: 'Change an audience’s name or description' })
  @ApiOkResponse({ type: AudienceView })
  @ApiProblems(new AudienceNotFound())
  updateAudience(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() body: UpdateAudienceBody,
  ): Promise<AudienceView> {
    return this.commands.execute(new UpdateAudience(tenantId, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Scope('audiences:write')
  @Audited({ action: 'audience.delete', object: AUDIENCE, param: 'id' })
  @ApiOperation({ summary: 'Delete an audience with its contacts' })
  @ApiNoContentResponse()
  @ApiProblems(new AudienceNotFound(), new AudienceInUse())
  async deleteAudience(@TenantId() tenantId: string, @IdParam() id: string): Promise<void> {
    await this.commands.execute(new DeleteAudience(tenantId, id));
  }
}
