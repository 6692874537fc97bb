/** Routes of the second person: what there is to approve, asking for it, approving and declining. */
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { actorOf, ApiProblems, Audited, Caller, IdParam, TenantId, type Principal } from '../../kernel/index.js';
import { Scope } from '../../tenants/index.js';
import { REFERENCES } from '../campaign-problems.js';
import { CAMPAIGN } from '../campaigns.audit.js';
import { CampaignView } from '../campaigns.dto.js';
import { ApprovalOutdated, CampaignInState, CampaignNotFound, OwnApproval } from '../campaigns.errors.js';
import { ApproveBody, CampaignReviewView, DeclineBody } from './approvals.dto.js';
import { ApproveCampaign, DeclineCampaign, RequestApproval } from './decide-approvals.command.js';
import { GetApproval } from './read-approval.query.js';

@ApiTags('Campaigns')
@Controller('api/campaigns/:id')
export class ApprovalsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('approval')
  @Scope('campaigns:read')
  @ApiOperation({ summary: 'Whether a second person must approve it, and the digest of what would be approved' })
  @ApiOkResponse({ type: CampaignReviewView })
  @ApiProblems(new CampaignNotFound(), ...REFERENCES)
  getApproval(@TenantId() tenantId: string, @IdParam() id: string): Promise<CampaignReviewView> {
    return this.queries.execute(new GetApproval(tenantId, id));
  }

  @Post('request-approval')
  @HttpCode(200)
  @Scope('campaigns:write')
  @Audited({ action: 'campaign.request_approval', object: CAMPAIGN, param: 'id' })
  @ApiOperation({
    summary: 'Ask for a second person’s approval',
    description: 'It is then in the list of what awaits one. Scheduling a campaign that needs it asks by itself.',
  })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(new CampaignNotFound(), new CampaignInState('review', 'SENT'), ...REFERENCES)
  requestApproval(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @IdParam() id: string,
  ): Promise<CampaignView> {
    return this.commands.execute(new RequestApproval(tenantId, id, actorOf(caller)));
  }

  @Post('approve')
  @HttpCode(200)
  @Scope('campaigns:approve')
  @Audited({ action: 'campaign.approve', object: CAMPAIGN, param: 'id', details: ['digest'] })
  @ApiOperation({
    summary: 'Approve it, as the second person',
    description:
      'What `digest` stands for and nothing else: of one that is scheduled, to start at its time. A change, a new version of a template, or more than a tenth more people take it back.',
  })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(
    new CampaignNotFound(),
    new CampaignInState('review', 'SENT'),
    new OwnApproval(),
    new ApprovalOutdated(),
    ...REFERENCES,
  )
  approveCampaign(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @IdParam() id: string,
    @Body() body: ApproveBody,
  ): Promise<CampaignView> {
    return this.commands.execute(new ApproveCampaign(tenantId, id, actorOf(caller), body));
  }

  @Post('decline')
  @HttpCode(200)
  @Scope('campaigns:approve')
  @Audited({ action: 'campaign.decline', object: CAMPAIGN, param: 'id' })
  @ApiOperation({ summary: 'Decline it, with a reason', description: 'One that is scheduled is a draft again.' })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(new CampaignNotFound(), new CampaignInState('review', 'SENT'))
  declineCampaign(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @IdParam() id: string,
    @Body() { reason }: DeclineBody,
  ): Promise<CampaignView> {
    return this.commands.execute(new DeclineCampaign(tenantId, id, actorOf(caller), reason));
  }
}
