/** Routes of campaigns: draft, read, change, throw away. */
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  actorOf,
  ApiPage,
  ApiProblems,
  Caller,
  IdParam,
  InvalidCursor,
  PageQuery,
  TenantId,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { Scope } from '../tenants/index.js';
import { BadSchedule } from '../dispatch/index.js';
import { REFERENCES } from './campaign.problems.js';
import {
  CampaignView,
  CreateCampaignBody,
  EstimateView,
  ExclusionView,
  ListCampaignsQuery,
  UpdateCampaignBody,
} from './campaigns.dto.js';
import { CampaignInState, CampaignNotFound } from './campaigns.errors.js';
import { CreateCampaign, DeleteCampaign, UpdateCampaign } from './edit-campaigns.command.js';
import { EstimateCampaign } from './estimate-campaign.query.js';
import { GetCampaign, ListCampaigns, ListExclusions } from './read-campaigns.query.js';

@ApiTags('Campaigns')
@Controller('api/campaigns')
export class CampaignsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Scope('campaigns:write')
  @ApiOperation({ summary: 'Draft a campaign, or schedule it at once' })
  @ApiCreatedResponse({ type: CampaignView })
  @ApiProblems(...REFERENCES, new BadSchedule('scheduledAt is in the past: launch it now instead'))
  createCampaign(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: CreateCampaignBody,
  ): Promise<CampaignView> {
    return this.commands.execute(new CreateCampaign(tenantId, actorOf(caller), body));
  }

  @Get()
  @Scope('campaigns:read')
  @ApiOperation({ summary: 'Campaigns, newest first' })
  @ApiPage(CampaignView)
  @ApiProblems(new InvalidCursor())
  listCampaigns(@TenantId() tenantId: string, @Query() query: ListCampaignsQuery): Promise<Page<CampaignView>> {
    return this.queries.execute(new ListCampaigns(tenantId, query));
  }

  @Get(':id')
  @Scope('campaigns:read')
  @ApiOperation({
    summary: 'One campaign and how far it has come',
    description: '`progress` always adds up: audience = excluded + messages, and messages = the sum over `byStatus`.',
  })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(new CampaignNotFound())
  getCampaign(@TenantId() tenantId: string, @IdParam() id: string): Promise<CampaignView> {
    return this.queries.execute(new GetCampaign(tenantId, id));
  }

  @Patch(':id')
  @Scope('campaigns:write')
  @ApiOperation({
    summary: 'Change a campaign',
    description:
      'What is left out stays. Once launched, only `messagesPerMinute` and `pauseAtFailurePercent` can change.',
  })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(new CampaignNotFound(), new CampaignInState('edit', 'SENDING'), ...REFERENCES)
  updateCampaign(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() body: UpdateCampaignBody,
  ): Promise<CampaignView> {
    return this.commands.execute(new UpdateCampaign(tenantId, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Scope('campaigns:write')
  @ApiOperation({ summary: 'Throw a draft away' })
  @ApiNoContentResponse()
  @ApiProblems(new CampaignNotFound(), new CampaignInState('delete', 'SENT'))
  async deleteCampaign(@TenantId() tenantId: string, @IdParam() id: string): Promise<void> {
    await this.commands.execute(new DeleteCampaign(tenantId, id));
  }

  @Get(':id/estimate')
  @Scope('campaigns:read')
  @ApiOperation({ summary: 'What it would come to if it were launched now: recipients, segments, duration' })
  @ApiOkResponse({ type: EstimateView })
  @ApiProblems(new CampaignNotFound(), ...REFERENCES)
  estimateCampaign(@TenantId() tenantId: string, @IdParam() id: string): Promise<EstimateView> {
    return this.queries.execute(new EstimateCampaign(tenantId, id));
  }

  @Get(':id/exclusions')
  @Scope('campaigns:read')
  @ApiOperation({ summary: 'Who was left out when it was launched, and why', description: 'By address.' })
  @ApiPage(ExclusionView)
  @ApiProblems(new CampaignNotFound(), new InvalidCursor())
  listExclusions(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Query() page: PageQuery,
  ): Promise<Page<ExclusionView>> {
    return this.queries.execute(new ListExclusions(tenantId, id, page));
  }
}
