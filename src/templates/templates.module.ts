import { Global, Module } from '@nestjs/common';
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
    FallbackTemplates,
    TemplateLibrary,
  ],
  exports: [TemplateLibrary],
})
export class TemplatesModule {}
