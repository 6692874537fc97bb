/** Segment routes. */
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, Audited, IdParam, InvalidCursor, TenantId, type Page } from '../../kernel/index.js';
import { Scope, VenueNotFound } from '../../tenants/index.js';
import { AudienceNotFound } from '../audience.errors.js';
import { SEGMENT } from './segments.audit.js';
import { CreateSegment, DeleteSegment, UpdateSegment } from './segments.command.js';
import {
  CreateSegmentBody,
  ListSegmentsQuery,
  PreviewSegmentBody,
  SegmentPreviewView,
  SegmentView,
  ShowQuery,
  UpdateSegmentBody,
} from './segments.dto.js';
import { InvalidSegmentRule, SegmentInUse, SegmentNotFound } from './segments.errors.js';
import { GetSegment, ListSegments, PreviewSegment } from './segments.query.js';

const RULE_PROBLEMS = [new InvalidSegmentRule([]), new VenueNotFound()];

@ApiTags('Segments')
@Controller('api/segments')
export class SegmentsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Scope('audiences:write')
  @Audited({ action: 'segment.create', object: SEGMENT })
  @ApiOperation({
    summary: 'Make a segment of an audience',
    description:
      'Who is in it is asked anew each time: whenever it is previewed, and once a campaign to it is launched.',
  })
  @ApiCreatedResponse({ type: SegmentView })
  @ApiProblems(new AudienceNotFound(), ...RULE_PROBLEMS)
  createSegment(@TenantId() tenantId: string, @Body() body: CreateSegmentBody): Promise<SegmentView> {
    return this.commands.execute(new CreateSegment(tenantId, body));
  }

  @Post('preview')
  @HttpCode(200)
  @Scope('audiences:read')
  @ApiOperation({ summary: 'Try a rule: how many contacts of an audience are in it, and the first' })
  @ApiOkResponse({ type: SegmentPreviewView })
  @ApiProblems(new AudienceNotFound(), ...RULE_PROBLEMS)
  previewRule(@TenantId() tenantId: string, @Body() body: PreviewSegmentBody): Promise<SegmentPreviewView> {
    return this.queries.execute(new PreviewSegment(tenantId, body));
  }

  @Get()
  @Scope('audiences:read')
  @ApiOperation({ summary: 'All segments, oldest first' })
  @ApiPage(SegmentView)
  @ApiProblems(new InvalidCursor())
  listSegments(@TenantId() tenantId: string, @Query() query: ListSegmentsQuery): Promise<Page<SegmentView>> {
    return this.queries.execute(new ListSegments(tenantId, query));
  }

  @Get(':id')
  @Scope('audiences:read')
  @ApiOperation({ summary: 'One segment, with its rule' })
  @ApiOkResponse({ type: SegmentView })
  @ApiProblems(new SegmentNotFound())
  getSegment(@TenantId() tenantId: string, @IdParam() id: string): Promise<SegmentView> {
    return this.queries.execute(new GetSegment(tenantId, id));
  }

  @Get(':id/preview')
  @Scope('audiences:read')
  @ApiOperation({ summary: 'How many contacts are in a segment now, and the first' })
  @ApiOkResponse({ type: SegmentPreviewView })
  @ApiProblems(new SegmentNotFound())
  async previewSegment(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Query() { show }: ShowQuery,
  ): Promise<SegmentPreviewView> {
    const { audienceId, rule } = await this.queries.execute(new GetSegment(tenantId, id));
    return this.queries.execute(new PreviewSegment(tenantId, { audienceId, rule, show }));
  }

  @Patch(':id')
  @Scope('audiences:write')
  @Audited({ action: 'segment.update', object: SEGMENT, param: 'id' })
  @ApiOperation({ summary: 'Change a segment’s name, description or rule' })
  @ApiOkResponse({ type: SegmentView })
  @ApiProblems(new SegmentNotFound(), ...RULE_PROBLEMS)
  updateSegment(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() body: UpdateSegmentBody,
  ): Promise<SegmentView> {
    return this.commands.execute(new UpdateSegment(tenantId, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Scope('audiences:write')
  @Audited({ action: 'segment.delete', object: SEGMENT, param: 'id' })
  @ApiOperation({ summary: 'Delete a segment; its contacts stay' })
  @ApiNoContentResponse()
  @ApiProblems(new SegmentNotFound(), new SegmentInUse())
  async deleteSegment(@TenantId() tenantId: string, @IdParam() id: string): Promise<void> {
    await this.commands.execute(new DeleteSegment(tenantId, id));
  }
}
