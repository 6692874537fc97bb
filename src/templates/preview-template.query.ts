/** Renders a template with given data. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, lookingUp } from '../kernel/index.js';
import { SenderDirectory } from '../tenants/index.js';
import { DataSets } from './data-sets/data-sets.js';
import { LinkCheck } from './lint/link-check.js';
import { lackingIn } from './identification.js';
import { identificationFindings, lint, type Finding } from './lint/lint.rules.js';
import type { Rendered } from './rendering/render.js';
import { renderPatiently } from './rendering/render-patiently.js';
import { countSegments } from './segments.js';
import { TemplateNotFound, TemplateVersionNotFound } from './template.errors.js';
import { TemplateLibrary, type LoadedTemplate } from './template-library.js';
import type { PreviewBody, PreviewView } from './templates.dto.js';

export class PreviewTemplate extends Query<PreviewView> {
  /** `version`: the current one if undefined. */
  constructor(
    readonly tenantId: string,
    readonly key: string,
    readonly version: number | undefined,
    readonly body: PreviewBody,
  ) {
    super();
  }
}

@QueryHandler(PreviewTemplate)
export class PreviewTemplateHandler implements IQueryHandler<PreviewTemplate> {
  constructor(
    private readonly library: TemplateLibrary,
    private readonly database: Database,
    private readonly sets: DataSets,
    private readonly links: LinkCheck,
    private readonly directory: SenderDirectory,
  ) {}

  /** Raises TemplateNotFound, TemplateVersionNotFound, DataSetNotFound, MissingVariables, InvalidMediaUrl, TemplateRenderError or TemplateTooExpensive. */
  async execute({ tenantId, key, version, body }: PreviewTemplate): Promise<PreviewView> {
    const { dataSet, data, language } = body;
    const template =
      version === undefined ? await this.library.current(tenantId, key) : await this.old(tenantId, key, version);
    const kept = dataSet === undefined ? {} : await lookingUp('dataSet', this.sets.data(tenantId, key, dataSet));
    const given = { ...kept, ...data, ...(language !== undefined && { language }) };
    const rendered = await renderPatiently(template.compiled, given);
    const view = renderedView(rendered, template.channel === 'sms');
    if (!body.lint) return view;
    const findings = [...lint(rendered), ...(await this.unidentified(tenantId, template, rendered))];
    return { ...view, lint: [...findings, ...(await this.links.of(rendered))] };
  }

  private async unidentified(tenantId: string, template: LoadedTemplate, rendered: Rendered): Promise<Finding[]> {
    if (template.category !== 'marketing') return [];
    return identificationFindings(lackingIn(rendered, template.compiled, await this.directory.namesOf(tenantId)));
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
