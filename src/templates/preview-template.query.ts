/** Renders a template with given data. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { render, type Rendered } from './rendering/render.js';
import { countSegments } from './segments.js';
import { TemplateNotFound, TemplateVersionNotFound } from './template.errors.js';
import { TemplateLibrary } from './template-library.js';
import type { PreviewView } from './templates.dto.js';

export class PreviewTemplate extends Query<PreviewView> {
  /** `version`: the current one if undefined. */
  constructor(
    readonly tenantId: string,
    readonly key: string,
    readonly version: number | undefined,
    readonly data: Record<string, unknown>,
  ) {
    super();
  }
}

@QueryHandler(PreviewTemplate)
export class PreviewTemplateHandler implements IQueryHandler<PreviewTemplate> {
  constructor(
    private readonly library: TemplateLibrary,
    private readonly database: Database,
  ) {}

  /** Raises TemplateNotFound, TemplateVersionNotFound, MissingVariables, InvalidMediaUrl, TemplateRenderError or TemplateTooExpensive. */
  async execute({ tenantId, key, version, data }: PreviewTemplate): Promise<PreviewView> {
    const template =
      version === undefined ? await this.library.current(tenantId, key) : await this.old(tenantId, key, version);
    return renderedView(render(template.compiled, data), template.channel === 'sms');
  }

  private async old(tenantId: string, key: string, version: number): ReturnType<TemplateLibrary['version']> {
    const [found] = await this.database.query<{ id: string | null; newest: number }>(
      `select version.id, template.current_version as newest
       from template left join template_version as version on version.template_id = template.id and version.version = $3
       where template.tenant_id = $1 and template.key = $2`,
      [tenantId, key, version],
    );
    if (!found) throw new TemplateNotFound();
    if (found.id === null) throw new TemplateVersionNotFound(version, found.newest);
    return this.library.version(found.id);
  }
}

/** A rendered message as the API shows it, with what it takes as an SMS if it is one. */
export function renderedView(rendered: Rendered, isSms: boolean): PreviewView {
  switch (rendered.kind) {
    case 'email':
      return { subject: rendered.subject, html: rendered.html, text: rendered.text };
    case 'content-template':
      return { contentSid: rendered.contentSid, contentVariables: rendered.variables };
    case 'text': {
      const { body, mediaUrls } = rendered;
      const { encoding, segments, nonGsm } = countSegments(body);
      return { body, ...(mediaUrls && { mediaUrls }), ...(isSms && { sms: { encoding, segments, nonGsm } }) };
    }
    case 'speech': {
      const { kind: _, text, ...speech } = rendered;
      return { body: text, speech };
    }
  }
}
