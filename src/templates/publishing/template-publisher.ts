/** Adds versions to templates: the one way in which their content changes. */
import { Injectable } from '@nestjs/common';
import { LockMode, type EntityManager } from '@mikro-orm/core';
import { Database } from '../../kernel/index.js';
import { Template, TemplateVersion } from '../template.entity.js';
import {
  TemplateError,
  TemplateNotFound,
  TemplateVersionCurrent,
  TemplateVersionNotFound,
} from '../template.errors.js';
import { TemplateLibrary } from '../template-library.js';
import { columnsOf, ownTexts, sourceOf } from '../template.view.js';
import type { OwnTexts, TemplateTexts } from '../templates.dto.js';
import { TemplateComposer, type Composition } from './template-composer.js';
import { VersionChecks } from './version-checks.js';

type Content = ReturnType<typeof columnsOf> &
  Pick<TemplateVersion, 'brand' | 'parts' | 'source'> & { readonly restoredFrom?: number };

export interface Published {
  readonly template: Template;
  readonly version: TemplateVersion;
}

@Injectable()
export class TemplatePublisher {
  constructor(
    private readonly database: Database,
    private readonly composer: TemplateComposer,
    private readonly checks: VersionChecks,
    private readonly library: TemplateLibrary,
  ) {}

  /** Raises what `VersionChecks.require` and `TemplateComposer.compose` raise. */
  async first(
    { tenantId, key, channel, category }: Pick<Template, 'tenantId' | 'key' | 'channel' | 'category'>,
    actor: string,
    texts: TemplateTexts,
  ): Promise<Published> {
    const content = contentOf(texts, await this.composer.compose(tenantId, sourceOf(channel, texts)));
    await this.checks.require({ tenantId, key, channel, category }, content);
    return this.database.transaction(async (em) => {
      const template = em.create(Template, { tenantId, key, channel, category });
      await em.flush();
      const version = em.create(TemplateVersion, {
        ...content,
        templateId: template.id,
        tenantId,
        version: 1,
        createdBy: actor,
      });
      await em.flush();
      return { template, version };
    });
  }

  /**
   * The next version, which becomes the current one. `textsOf` tells its content by the template, which nobody else changes
   * meanwhile. Raises TemplateNotFound, and what `textsOf`, `VersionChecks.require` and `TemplateComposer.compose` raise.
   */
  next(
    tenantId: string,
    key: string,
    actor: string,
    textsOf: (template: Template, em: EntityManager) => TemplateTexts | Promise<TemplateTexts>,
  ): Promise<Published> {
    return this.added(tenantId, key, actor, async (template, em) => {
      const texts = await textsOf(template, em);
      return contentOf(texts, await this.composer.compose(tenantId, sourceOf(template.channel, texts)));
    });
  }

  /**
   * An earlier version as it was, published as the next one. Raises TemplateNotFound, TemplateVersionNotFound,
   * TemplateVersionCurrent, and what `VersionChecks.require` raises of what is asked now.
   */
  restore(tenantId: string, key: string, actor: string, version: number): Promise<Published> {
    return this.added(tenantId, key, actor, async ({ id, currentVersion }, em) => {
      if (version === currentVersion) throw new TemplateVersionCurrent(version);
      const found = await em.findOne(TemplateVersion, { templateId: id, version });
      if (!found) throw new TemplateVersionNotFound(version, currentVersion);
      const { brand, parts, source } = found;
      return { ...columnsOf(found), brand, parts, source, restoredFrom: version };
    });
  }

  /**
   * Publishes what these templates say now once more, with what they are made of now: all of them, or none. Raises what `next`
   * raises, naming the template.
   */
  async again(tenantId: string, keys: readonly string[], actor: string): Promise<void> {
    await this.database.transaction(async () => {
      for (const key of keys) {
        try {
          await this.next(tenantId, key, actor, async ({ id, currentVersion }, em) =>
            ownTexts(await em.findOneOrFail(TemplateVersion, { templateId: id, version: currentVersion })),
          );
        } catch (error) {
          throw error instanceof TemplateError ? error.under(`templates.${key}`) : error;
        }
      }
    });
  }

  private added(
    tenantId: string,
    key: string,
    actor: string,
    make: (template: Template, em: EntityManager) => Promise<Content>,
  ): Promise<Published> {
    return this.database.transaction(async (em) => {
      const template = await em.findOne(Template, { tenantId, key }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!template) throw new TemplateNotFound();
      const content = await make(template, em);
      await this.checks.require(template, content);
      template.currentVersion += 1;
      const version = em.create(TemplateVersion, {
        ...content,
        templateId: template.id,
        tenantId,
        version: template.currentVersion,
        createdBy: actor,
      });
      await em.flush();
      await this.database.afterCommit(() => this.library.forget(tenantId, key));
      return { template, version };
    });
  }
}

/** The texts that are rendered, and where those are not the ones that were sent, these too. */
function contentOf(texts: TemplateTexts, { whole, parts, brand }: Composition): Content {
  const { subject, html, mjml, text, body, translations } = texts;
  return {
    ...columnsOf({ ...texts, ...(whole as OwnTexts | null) }),
    parts,
    brand,
    source: whole && { subject, html, mjml, text, body, translations },
  };
}
