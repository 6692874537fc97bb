/** Compiled templates: once per version, and cached, since a version never changes. */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { AttachmentRef } from '../files/index.js';
import { Database, ShortCache } from '../kernel/index.js';
import type { Category } from '../tenants/index.js';
import { compile, type CompiledTemplate } from './rendering/compile.js';
import type { SpeechOptions } from './speech.js';
import type { Brand } from './branding/branding.fields.js';
import type { TemplateChannel, TemplateSource, Translation } from './template-source.js';
import { TemplateNotFound } from './template.errors.js';

export interface LoadedTemplate {
  readonly versionId: string;
  readonly key: string;
  readonly version: number;
  readonly channel: TemplateChannel;
  readonly category: Category;
  /** Keys of the templates that follow if this one reaches nobody. */
  readonly fallback: readonly string[];
  /** Files that every email carries. */
  readonly attachments: readonly AttachmentRef[];
  readonly compiled: CompiledTemplate;
}

interface Row extends Omit<LoadedTemplate, 'compiled' | 'fallback' | 'versionId' | 'attachments'> {
  readonly id: string;
  readonly subject: string | null;
  readonly html: string | null;
  readonly text: string | null;
  readonly body: string | null;
  readonly media_urls: string[] | null;
  readonly content_sid: string | null;
  readonly content_variables: Record<string, string> | null;
  readonly speech: SpeechOptions | null;
  readonly fallback: string[] | null;
  readonly language: string | null;
  readonly translations: Translation[] | null;
  readonly brand: Brand | null;
  readonly attachments: AttachmentRef[] | null;
}

/** A version in the words of the API. */
export interface TemplateName {
  readonly key: string;
  readonly version: number;
}

const KEPT = 2_000;
/** Other processes may miss a new version this much longer. */
const CACHE_MS = 2_000;

const COLUMNS = `version.id, template.key, version.version, template.channel, template.category, version.subject, version.html,
  version.text, version.body, version.media_urls, version.content_sid, version.content_variables, version.speech, version.fallback, version.language, version.translations,
  version.brand, version.attachments`;

/** Versions, for other modules' statements. */
export const TEMPLATE_VERSIONS = '(select id, template_id, version, content_sid from template_version)';

/** The same of the keys that all versions of a template have. */
export const TEMPLATE_KEYS = '(select id, tenant_id, key from template)';

@Injectable()
export class TemplateLibrary {
  private readonly versions = new LRUCache<string, LoadedTemplate>({ max: KEPT });
  private readonly currents = new ShortCache<LoadedTemplate>(CACHE_MS);

  constructor(private readonly database: Database) {}

  /** The current version of a tenant's template. Raises TemplateNotFound. */
  current(tenantId: string, key: string): Promise<LoadedTemplate> {
    return this.currents.get(`${tenantId} ${key}`, async () => {
      const [found] = await this.database.query<{ id: string }>(
        `select version.id from template
         join template_version as version on version.template_id = template.id and version.version = template.current_version
         where template.tenant_id = $1 and template.key = $2`,
        [tenantId, key],
      );
      if (!found) throw new TemplateNotFound();
      return this.version(found.id);
    });
  }

  /** Call after a change in this process: the next lookup reads from the database. */
  forget(tenantId: string, key: string): void {
    this.currents.forget(`${tenantId} ${key}`);
  }

  /** The names of versions, by id; an unknown id has none, and null is passed over. */
  async names(ids: Iterable<string | null>): Promise<Map<string, TemplateName>> {
    const asked = [...new Set(ids)].filter((id) => id !== null);
    if (asked.length === 0) return new Map();
    const rows = await this.database.query<TemplateName & { id: string }>(
      `select version.id, template.key, version.version
       from template_version as version join template on template.id = version.template_id where version.id = any($1)`,
      [asked],
    );
    return new Map(rows.map(({ id, ...name }) => [id, name]));
  }

  /** A version by its id. Raises TemplateNotFound. */
  async version(id: string): Promise<LoadedTemplate> {
    const kept = this.versions.get(id);
    if (kept) return kept;
    const [row] = await this.database.query<Row>(
      `select ${COLUMNS} from template_version as version join template on template.id = version.template_id where version.id = $1`,
      [id],
    );
    if (!row) throw new TemplateNotFound();
    const loaded = load(row);
    this.versions.set(id, loaded);
    return loaded;
  }
}

function load({ id, key, version, channel, category, ...row }: Row): LoadedTemplate {
  const source: TemplateSource = {
    channel,
    subject: row.subject ?? undefined,
    html: row.html ?? undefined,
    text: row.text ?? undefined,
    body: row.body ?? undefined,
    mediaUrls: row.media_urls ?? undefined,
    contentSid: row.content_sid ?? undefined,
    contentVariables: row.content_variables ?? undefined,
    speech: row.speech ?? undefined,
    language: row.language ?? undefined,
    translations: row.translations ?? undefined,
    brand: row.brand ?? undefined,
  };
  return {
    versionId: id,
    key,
    version,
    channel,
    category,
    fallback: row.fallback ?? [],
    attachments: row.attachments ?? [],
    compiled: compile(source),
  };
}
