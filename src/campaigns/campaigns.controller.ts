/** Campaign routes: draft, read, change, delete; then launch, schedule, pause, resume, cancel and follow. */
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, StreamableFile } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import {
  actorOf,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  DomainError,
  IdParam,
  InvalidCursor,
  PageQuery,
  TenantId,
  toProblem,
  type Page,
  type Principal,
  streamOf,
} from '../kernel/index.js';
import { Scope, VenueRequired } from '../tenants/index.js';
import { ContactNotFound } from '../audiences/index.js';
import { BadSchedule } from '../dispatch/index.js';
import { DRAFTED, LAUNCH, REFERENCES } from './campaign-problems.js';
import { CampaignProgress } from './campaign-progress.js';
import {
  CampaignPreviewView,
  CampaignView,
  CreateCampaignBody,
  DecideWinnerBody,
  EstimateView,
  ExampleBody,
  ExclusionView,
  LaunchedView,
  ListCampaignsQuery,
  ScheduleCampaignBody,
  TestAnswers,
  TestSendBody,
  UpdateCampaignBody,
} from './campaigns.dto.js';
import {
  CampaignInState,
  CampaignNotFound,
  CampaignOverdue,
  ChannelNotInCampaign,
  NoExampleContact,
  NoTestUnderWay,
  VariantNotInCampaign,
} from './campaigns.errors.js';
import { CreateCampaign, DeleteCampaign, UpdateCampaign } from './edit-campaigns.command.js';
import { EstimateCampaign } from './preview/estimate-campaign.query.js';
import { LaunchCampaign } from './launch-campaign.command.js';
import { GetCampaign, ListCampaigns, ListExclusions } from './read-campaigns.query.js';
import { PreviewCampaign } from './preview/preview-campaign.query.js';
import { SendTest } from './preview/send-test.command.js';
import { CancelCampaign, PauseCampaign, ResumeCampaign, ScheduleCampaign } from './steer-campaigns.command.js';
import { DecideWinner } from './variants/decide-winner.command.js';
import { CAMPAIGN } from './campaigns.audit.js';

@ApiTags('Campaigns')
@Controller('api/campaigns')
export class CampaignsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly progress: CampaignProgress,
  ) {}

  @Post()
  @Scope('campaigns:write')
  @Audited({ action: 'campaign.create', object: CAMPAIGN })
  @ApiOperation({ summary: 'Draft a campaign, or schedule it at once' })
  @ApiCreatedResponse({ type: CampaignView })
  @ApiProblems(
    new VenueRequired(),
    ...DRAFTED,
    new BadSchedule('scheduledAt is in the past: launch it now instead', 'scheduledAt'),
  )
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
  @Audited({ action: 'campaign.update', object: CAMPAIGN, param: 'id' })
  @ApiOperation({
    summary: 'Change a campaign',
    description:
      'What is left out stays. Once launched, only `messagesPerMinute`, `pauseAtFailurePercent` and `budget` can change; the budget also of one that is `SENT`, as what follows its messages may wait for it.',
  })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(new CampaignNotFound(), new CampaignInState('edit', 'SENDING'), ...DRAFTED)
  updateCampaign(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @IdParam() id: string,
    @Body() body: UpdateCampaignBody,
  ): Promise<CampaignView> {
    return this.commands.execute(new UpdateCampaign(tenantId, id, actorOf(caller), body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Scope('campaigns:write')
  @Audited({ action: 'campaign.delete', object: CAMPAIGN, param: 'id' })
  @ApiOperation({ summary: 'Throw a draft away' })
  @ApiNoContentResponse()
  @ApiProblems(new CampaignNotFound(), new CampaignInState('delete', 'SENT'))
  async deleteCampaign(@TenantId() tenantId: string, @IdParam() id: string): Promise<void> {
    await this.commands.execute(new DeleteCampaign(tenantId, id));
  }

  @Get(':id/estimate')
  @Scope('campaigns:read')
  @ApiOperation({ summary: 'What it would come to if it were launched now: recipients, segments, charge, duration' })
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

  @Post(':id/launch')
  @HttpCode(200)
  @Scope('campaigns:write')
  @Audited({ action: 'campaign.launch', object: CAMPAIGN, param: 'id' })
  @ApiOperation({
    summary: 'Send it now',
    description:
      'Answers at once; the audience is expanded and sent to from then on. `rehearsal` says whose messages will fail.',
  })
  @ApiOkResponse({ type: LaunchedView })
  @ApiProblems(new CampaignNotFound(), new CampaignInState('launch', 'SENT'), ...REFERENCES, ...LAUNCH)
  launchCampaign(@TenantId() tenantId: string, @IdParam() id: string): Promise<LaunchedView> {
    return this.commands.execute(new LaunchCampaign(tenantId, id));
  }

  @Post(':id/schedule')
  @HttpCode(200)
  @Scope('campaigns:write')
  @Audited({ action: 'campaign.schedule', object: CAMPAIGN, param: 'id' })
  @ApiOperation({
    summary: 'Send it later, or at another hour than it was scheduled for',
    description:
      'A local time that the clock skips in spring is moved past the gap; of one that it repeats in autumn the first is taken.',
  })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(
    new CampaignNotFound(),
    new CampaignInState('schedule', 'SENT'),
    new CampaignOverdue().at('scheduledAt'),
    ...REFERENCES,
  )
  @ApiProblems(new BadSchedule('scheduledAt is in the past: launch it now instead', 'scheduledAt'))
  scheduleCampaign(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @IdParam() id: string,
    @Body() asked: ScheduleCampaignBody,
  ): Promise<CampaignView> {
    return this.commands.execute(new ScheduleCampaign(tenantId, id, actorOf(caller), asked));
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Scope('campaigns:write')
  @Audited({ action: 'campaign.pause', object: CAMPAIGN, param: 'id' })
  @ApiOperation({
    summary: 'Hold it',
    description: 'Once answered, no message is taken up that was not on its way already.',
  })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(new CampaignNotFound(), new CampaignInState('pause', 'SENT'))
  pauseCampaign(@TenantId() tenantId: string, @IdParam() id: string): Promise<CampaignView> {
    return this.commands.execute(new PauseCampaign(tenantId, id));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Scope('campaigns:write')
  @Audited({ action: 'campaign.resume', object: CAMPAIGN, param: 'id' })
  @ApiOperation({ summary: 'Let it go on', description: 'Each of those that remain is sent to once.' })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(new CampaignNotFound(), new CampaignInState('resume', 'SENT'), new CampaignOverdue())
  resumeCampaign(@TenantId() tenantId: string, @IdParam() id: string): Promise<CampaignView> {
    return this.commands.execute(new ResumeCampaign(tenantId, id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Scope('campaigns:write')
  @Audited({ action: 'campaign.cancel', object: CAMPAIGN, param: 'id' })
  @ApiOperation({
    summary: 'End it for good',
    description:
      'Once answered, no message is taken up that was not on its way already; those that wait end as `cancelled`.',
  })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(new CampaignNotFound(), new CampaignInState('cancel', 'SENT'))
  cancelCampaign(@TenantId() tenantId: string, @IdParam() id: string): Promise<CampaignView> {
    return this.commands.execute(new CancelCampaign(tenantId, id));
  }

  @Post(':id/winner')
  @HttpCode(200)
  @Scope('campaigns:write')
  @Audited({ action: 'campaign.winner', object: CAMPAIGN, param: 'id' })
  @ApiOperation({
    summary: 'Decide its test',
    description: 'Before its time is over: this variant goes to the rest. The first decision stands.',
  })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(
    new CampaignNotFound(),
    new CampaignInState('decide', 'SENT'),
    new NoTestUnderWay(),
    new VariantNotInCampaign(['spring-a', 'spring-b']).at('templateKey'),
  )
  decideWinner(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @IdParam() id: string,
    @Body() { templateKey }: DecideWinnerBody,
  ): Promise<CampaignView> {
    return this.commands.execute(new DecideWinner(tenantId, id, actorOf(caller), templateKey));
  }

  @Post(':id/preview')
  @HttpCode(200)
  @Scope('campaigns:read')
  @ApiOperation({
    summary: 'See one person’s message',
    description: 'With the data of a contact, or with your own, and whether a launch now would leave that contact out.',
  })
  @ApiOkResponse({ type: CampaignPreviewView })
  @ApiProblems(
    new CampaignNotFound(),
    new ContactNotFound(),
    new ChannelNotInCampaign(['email', 'sms']),
    new VariantNotInCampaign(['spring-a', 'spring-b']),
    new NoExampleContact(['name']),
  )
  previewCampaign(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() choice: ExampleBody,
  ): Promise<CampaignPreviewView> {
    return this.queries.execute(new PreviewCampaign(tenantId, id, choice));
  }

  @Post(':id/test')
  @HttpCode(202)
  @Scope('campaigns:write')
  @Audited({ action: 'campaign.test', object: CAMPAIGN, param: 'id' })
  @ApiOperation({
    summary: 'Send it to some of your own people',
    description:
      'To at most ten addresses, which need no opt-in; nobody who said STOP is written to. Of several channels, by each that takes such an address. The messages are marked as tests, billed, and not counted as the campaign’s.',
  })
  @ApiAcceptedResponse({ type: TestAnswers })
  @ApiProblems(
    new CampaignNotFound(),
    new ContactNotFound(),
    new ChannelNotInCampaign(['email', 'sms']),
    new VariantNotInCampaign(['spring-a', 'spring-b']),
    new NoExampleContact(['name']),
  )
  async testCampaign(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() { to, ...choice }: TestSendBody,
  ): Promise<TestAnswers> {
    const results = await this.commands.execute(new SendTest(tenantId, id, to, choice));
    return { items: results.map((result) => (result instanceof DomainError ? { error: toProblem(result) } : result)) };
  }

  @Get(':id/progress')
  @Scope('campaigns:read')
  @ApiOperation({
    summary: 'Follow it, as server-sent events',
    description:
      'A `progress` event with the campaign at once and whenever it has changed, at most once a second, until its end.',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string', example: 'event: progress\ndata: {"status":"SENDING", …}\n\n' } })
  @ApiProblems(new CampaignNotFound())
  async followCampaign(@TenantId() tenantId: string, @IdParam() id: string): Promise<StreamableFile> {
    await this.queries.execute(new GetCampaign(tenantId, id)); // a 404 before the stream begins
    return new StreamableFile(streamOf(this.progress.follow(tenantId, id)), { type: 'text/event-stream' });
  }
}
