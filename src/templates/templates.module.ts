import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ApprovalsSchedule } from './approvals/approvals.schedule.js';
import { ContentApprovals } from './approvals/content-approvals.js';
import { ReadApprovalsHandler } from './approvals/read-approvals.query.js';
import { ApprovalInquiry, SyncApprovalsHandler } from './approvals/sync-approvals.command.js';
import { BrandingStore } from './branding/branding-store.js';
import { BrandingController } from './branding/branding.controller.js';
import { GetBrandingHandler } from './branding/get-branding.query.js';
import { PutBrandingHandler } from './branding/put-branding.command.js';
import { PutDataSetHandler, RemoveDataSetHandler } from './data-sets/data-sets.command.js';
import { DataSetsController } from './data-sets/data-sets.controller.js';
import { DataSets } from './data-sets/data-sets.js';
import { ListDataSetsHandler } from './data-sets/list-data-sets.query.js';
import { FallbackTemplates } from './fallback-templates.js';
import { PreviewTemplateHandler } from './preview-template.query.js';
import { LinkCheck } from './lint/link-check.js';
import { MjmlCompiler } from './mjml/mjml-compiler.js';
import { Assemblies } from './parts/assembly.js';
import { PartStore } from './parts/part-store.js';
import { PartsController } from './parts/parts.controller.js';
import { GetPartHandler, ListPartsHandler } from './parts/read-parts.query.js';
import { CreatePartHandler, PublishPartVersionHandler } from './parts/save-part.command.js';
import { endIdleThread } from './rendering/render-thread.js';
import { TemplateComposer } from './publishing/template-composer.js';
import { TemplatePublisher } from './publishing/template-publisher.js';
import { GetTemplateHandler, ListTemplatesHandler } from './read-templates.query.js';
import { CreateTemplateHandler, PublishTemplateVersionHandler } from './save-template.command.js';
import { TemplateAttachments } from './template-attachments.js';
import { VersionChecks } from './publishing/version-checks.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';
import { TemplateLibrary } from './template-library.js';
import { TemplatesController } from './templates.controller.js';
import { DiffVersionsHandler } from './versions/diff-versions.query.js';
import { ListVersionsHandler } from './versions/list-versions.query.js';
import { RollBackTemplateHandler } from './versions/roll-back.command.js';
import { VersionsController } from './versions/versions.controller.js';

@Global()
@Module({
  controllers: [TemplatesController, VersionsController, DataSetsController, BrandingController, PartsController],
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
    ListVersionsHandler,
    DiffVersionsHandler,
    RollBackTemplateHandler,
    PutDataSetHandler,
    RemoveDataSetHandler,
    ListDataSetsHandler,
    DataSets,
    LinkCheck,
    MjmlCompiler,
    BrandingStore,
    GetBrandingHandler,
    PutBrandingHandler,
    Assemblies,
    PartStore,
    CreatePartHandler,
    PublishPartVersionHandler,
    GetPartHandler,
    ListPartsHandler,
    TemplateComposer,
    TemplatePublisher,
    FallbackTemplates,
    TemplateAttachments,
    UnsubscribeLinks,
    VersionChecks,
    TemplateLibrary,
  ],
  exports: [ContentApprovals, TemplateLibrary],
})
export class TemplatesModule implements OnApplicationShutdown {
  async onApplicationShutdown(): Promise<void> {
    await endIdleThread();
  }
}
