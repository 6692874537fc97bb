/** Template routes. */
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
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
} from '../kernel/index.js';
import { AttachmentsTooLarge, ContentIdTaken, FileNotFound, PictureRequired } from '../files/index.js';
import { Scope } from '../tenants/index.js';
import { TEMPLATE_EXAMPLES } from './templates.examples.js';
import { ApprovalsView } from './approvals/approvals.dto.js';
import { ProviderSilent } from './approvals/approvals.errors.js';
import { ReadApprovals } from './approvals/read-approvals.query.js';
import { PreviewTemplate } from './preview-template.query.js';
import { GetTemplate, ListTemplates } from './read-templates.query.js';
import { CreateTemplate, PublishTemplateVersion } from './save-template.command.js';
import {
  DataSetNotFound,
  FallbackTemplateUnfit,
  InvalidMediaUrl,
  InvalidTemplate,
  MissingVariables,
  TemplateImmutable,
  TemplateKeyTaken,
  TemplateNotFound,
  TemplateRenderError,
  TemplateSyntaxError,
  TemplateTooExpensive,
  TemplateVersionNotFound,
  UnsubscribeLinkMissing,
} from './template.errors.js';
import {
  CreateTemplateBody,
  PreviewBody,
  PreviewQuery,
  PreviewView,
  TemplateView,
  UpdateTemplateBody,
} from './templates.dto.js';
import { TEMPLATE } from './templates.audit.js';

const UNSOUND = [
  new InvalidTemplate([{ path: 'subject', message: 'a template for email needs `subject`' }]),
  new TemplateSyntaxError('html', 3, 12, 'tag "iff" not found'),
  new TemplateTooExpensive('html', 'has tags too deep within each other'),
  new UnsubscribeLinkMissing(['html']),
];
const NOT_CARRIED = [
  new FileNotFound().at('attachments[0].id'),
  new PictureRequired('application/pdf').at('attachments[0].contentId'),
  new ContentIdTaken().at('attachments[1].contentId'),
  new AttachmentsTooLarge(35_000_000, 29_360_128, 'sendgrid'),
];
const NOT_FOUND = [new TemplateNotFound(), new TemplateVersionNotFound(7, 3)];
const NOT_RENDERED = new TemplateRenderError('body', 2, 1, 'money needs an amount in whole micros');

@ApiTags('Templates')
@Controller('api/templates')
export class TemplatesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Scope('templates:write')
  @Audited({ action: 'template.create', object: TEMPLATE, answer: 'key' })
  @ApiOperation({ summary: 'Publish a new template' })
  @ApiBody({ type: CreateTemplateBody, examples: TEMPLATE_EXAMPLES })
  @ApiCreatedResponse({ type: TemplateView })
  @ApiProblems(new TemplateKeyTaken(), ...UNSOUND, new FallbackTemplateUnfit('order-sms'), ...NOT_CARRIED)
  createTemplate(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: CreateTemplateBody,
  ): Promise<TemplateView> {
    return this.commands.execute(new CreateTemplate(tenantId, actorOf(caller), body));
  }

  @Get()
  @Scope('templates:read')
  @ApiOperation({ summary: 'All templates with their current versions, by key' })
  @ApiPage(TemplateView)
  listTemplates(@TenantId() tenantId: string, @Query() page: PageQuery): Promise<Page<TemplateView>> {
    return this.queries.execute(new ListTemplates(tenantId, page));
  }

  @Get(':key')
  @Scope('templates:read')
  @ApiOperation({ summary: 'One template, its current version or an older one' })
  @ApiOkResponse({ type: TemplateView })
  @ApiProblems(...NOT_FOUND)
  getTemplate(
    @TenantId() tenantId: string,
    @Param('key') key: string,
    @Query() { version }: PreviewQuery,
  ): Promise<TemplateView> {
    return this.queries.execute(new GetTemplate(tenantId, key, version));
  }

  @Get(':key/approvals')
  @Scope('templates:read')
  @ApiOperation({
    summary: 'Whether WhatsApp has approved a template',
    description:
      'By account; asked every five minutes until it is decided, then every hour. Empty for a template that has no `contentSid`.',
  })
  @ApiOkResponse({ type: ApprovalsView })
  @ApiProblems(new TemplateNotFound())
  readApprovals(@TenantId() tenantId: string, @Param('key') key: string): Promise<ApprovalsView> {
    return this.queries.execute(new ReadApprovals(tenantId, key, false));
  }

  @Post(':key/approvals/check')
  @HttpCode(200)
  @Scope('templates:read')
  @ApiOperation({ summary: 'Ask the provider now whether WhatsApp has approved a template' })
  @ApiOkResponse({ type: ApprovalsView })
  @ApiProblems(new TemplateNotFound(), new ProviderSilent())
  checkApprovals(@TenantId() tenantId: string, @Param('key') key: string): Promise<ApprovalsView> {
    return this.queries.execute(new ReadApprovals(tenantId, key, true));
  }

  @Put(':key')
  @Scope('templates:write')
  @Audited({ action: 'template.publish', object: TEMPLATE, param: 'key' })
  @ApiOperation({
    summary: 'Publish a new version',
    description: 'Messages accepted before keep the version they were accepted with: a version never changes.',
  })
  @ApiOkResponse({ type: TemplateView })
  @ApiProblems(
    new TemplateNotFound(),
    new TemplateImmutable('email', 'marketing', 'category'),
    ...UNSOUND,
    new FallbackTemplateUnfit('order-sms'),
    ...NOT_CARRIED,
  )
  publishTemplateVersion(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Body() body: UpdateTemplateBody,
  ): Promise<TemplateView> {
    return this.commands.execute(new PublishTemplateVersion(tenantId, actorOf(caller), key, body));
  }

  @Post(':key/preview')
  @HttpCode(200)
  @Scope('templates:read')
  @ApiOperation({ summary: 'See what a template becomes with given data, and how many SMS segments it needs' })
  @ApiOkResponse({ type: PreviewView })
  @ApiProblems(
    ...NOT_FOUND,
    new DataSetNotFound(),
    new MissingVariables(['order.id']),
    new InvalidMediaUrl('mediaUrls[0]'),
    NOT_RENDERED,
  )
  previewTemplate(
    @TenantId() tenantId: string,
    @Param('key') key: string,
    @Query() { version }: PreviewQuery,
    @Body() body: PreviewBody,
  ): Promise<PreviewView> {
    return this.queries.execute(new PreviewTemplate(tenantId, key, version, body));
  }
}
