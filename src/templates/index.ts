/** The public API of templates: message content. */
import { TemplatePart, TemplatePartVersion } from './parts/part.entity.js';
import { Template, TemplateVersion } from './template.entity.js';

export { htmlToText } from './rendering/html-text.js';
export { requiredPaths, requiredVariables, type CompiledTemplate, type RequiredPath } from './rendering/compile.js';
export { emptyPart } from './rendering/empty-part.js';
export { showsHtml } from './rendering/shows-html.js';
export { EXAMPLE_LINKS } from './rendering/link-variables.js';
export { render, type Rendered } from './rendering/render.js';
export { renderPatiently } from './rendering/render-patiently.js';
export { CONTENT_CATEGORIES, ContentApprovals } from './approvals/content-approvals.js';
export { categoryOf, requireChannel } from './fit.js';
export { certainlyLacking, lacking, lackingIn, type Unidentified } from './identification.js';
export { countSegments } from './segments.js';
export { CreateTemplate } from './save-template.command.js';
export { renderedView } from './preview-template.query.js';
export { PreviewView } from './templates.dto.js';
export { LanguageTag, SpeechBody, TEMPLATE_KEY } from './templates.fields.js';
export { speechOf } from './speech.js';
export { EXAMPLE_DATA } from './templates.examples.js';
export {
  ContentEmpty,
  InvalidMediaUrl,
  MissingVariables,
  TemplateError,
  TemplateMismatch,
  TemplateNotApproved,
  TemplateNotFound,
  TemplateRenderError,
} from './template.errors.js';
export {
  TEMPLATE_KEYS,
  TEMPLATE_VERSIONS,
  TemplateLibrary,
  type LoadedTemplate,
  type TemplateName,
} from './template-library.js';
export { TemplatesModule } from './templates.module.js';

export const templateEntities = [Template, TemplateVersion, TemplatePart, TemplatePartVersion];
