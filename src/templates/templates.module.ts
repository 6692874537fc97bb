import { Global, Module } from '@nestjs/common';
import { ApprovalsSchedule } from './approvals/approvals.schedule.js';
import { ContentApprovals } from './approvals/content-approvals.js';
import { ReadApprovalsHandler } from './approvals/read-approvals.query.js';
import { ApprovalInquiry, SyncApprovalsHandler } from './approvals/sync-approvals.command.js';
import { FallbackTemplates } from './fallback-templates.js';
import { PreviewTemplateHandler } from './preview-template.query.js';
import { GetTemplateHandler, ListTemplatesHandler } from './read-templates.query.js';
import { CreateTemplateHandler, PublishTemplateVersionHandler } from './save-template.command.js';
import { TemplateLibrary } from './template-library.js';
import { TemplatesController } from './templates.controller.js';

@Global()
@Module({
  controllers: [TemplatesController],
  providers: [
    CreateTemplateHandler,
    PublishTemplateVersionHandler,
    GetTemplateHandler,
    ListTemplatesHandler,
    PreviewTemplateHandler,
    ReadApprovalsHandler,
    SyncApprovalsHandler,
    ApprovalInquiry,
    ApprovalsSchedule,
    ContentApprovals,
    FallbackTemplates,
    TemplateLibrary,
  ],
  exports: [ContentApprovals, TemplateLibrary],
})
export class TemplatesModule {}
