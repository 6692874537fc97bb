/** The public API of templates: message content. */
import { Template, TemplateVersion } from './template.entity.js';

export { htmlToText } from './rendering/html-text.js';
export { requiredPaths, requiredVariables, type CompiledTemplate } from './rendering/compile.js';
export { render, type Rendered } from './rendering/render.js';
export { categoryOf, requireChannel } from './fit.js';
export { countSegments } from './segments.js';
export { EXAMPLE_DATA } from './templates.examples.js';
export {
  InvalidMediaUrl,
  MissingVariables,
  TemplateError,
  TemplateMismatch,
  TemplateNotFound,
  TemplateRenderError,
} from './template.errors.js';
export { TEMPLATE_VERSIONS, TemplateLibrary, type LoadedTemplate } from './template-library.js';
export { TemplatesModule } from './templates.module.js';

export const templateEntities = [Template, TemplateVersion];
