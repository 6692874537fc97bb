/** Puts together what a new version is made of, as it is now: a version never changes. */
import { Injectable } from '@nestjs/common';
import { BRAND_USE, type Brand } from '../branding/branding.fields.js';
import { BrandingStore } from '../branding/branding-store.js';
import { MjmlCompiler } from '../mjml/mjml-compiler.js';
import { Assemblies, type Assembled, type Assembly } from '../parts/assembly.js';
import { compile, requiredPaths } from '../rendering/compile.js';
import type { LanguageTexts, TemplateSource } from '../template-source.js';
import { InvalidTemplate } from '../template.errors.js';

export interface Composition extends Assembly {
  /** Of the tenant, if a text reads it and there is one. */
  readonly brand: Brand | null;
}

const USES_BRAND = new RegExp(BRAND_USE);

@Injectable()
export class TemplateComposer {
  constructor(
    private readonly branding: BrandingStore,
    private readonly assemblies: Assemblies,
    private readonly mjml: MjmlCompiler,
  ) {}

  /**
   * Raises InvalidTemplate, also for a layout or partial that there is not and a variable that the branding lacks,
   * TemplateSyntaxError or TemplateTooExpensive.
   */
  async compose(tenantId: string, source: TemplateSource): Promise<Composition> {
    const { parts, whole: texts } = await this.assemblies.of(tenantId, source);
    const made = await this.withHtml(texts ?? source);
    const whole = { ...source, mjml: undefined, ...(made ?? texts) };
    const compiled = compile(whole);
    const brand = USES_BRAND.test(JSON.stringify(whole)) ? await this.branding.of(tenantId) : undefined;
    const lacking = requiredPaths(compiled).filter(
      ({ path: [root, name = ''] }) => brand && root === 'brand' && !(name in brand),
    );
    if (lacking.length > 0)
      throw new InvalidTemplate(
        lacking.map(({ name }) => ({
          path: name,
          message: `the branding has no \`${name}\`: add it, or give it a \`default\``,
        })),
      );
    return { parts, whole: made ?? texts, brand: brand ?? null };
  }

  /** With HTML in the place of MJML, in every language; undefined where there is none. */
  private async withHtml(texts: Assembled): Promise<Assembled | undefined> {
    const { translations = [] } = texts;
    const found = [
      { path: 'mjml', source: texts.mjml },
      ...translations.map(({ mjml }, place) => ({ path: `translations[${place}].mjml`, source: mjml })),
    ].flatMap(({ path, source }) => (source === undefined ? [] : [{ path, source }]));
    if (found.length === 0) return undefined;
    const html = await this.mjml.htmlOf(found);
    const htmlAt = new Map(found.map(({ path }, place) => [path, html[place]]));
    const made = <T extends LanguageTexts>({ mjml, ...others }: T, path: string): Omit<T, 'mjml'> =>
      mjml === undefined ? others : { ...others, html: htmlAt.get(path) };
    const { subject, text, body } = texts;
    return {
      ...made({ subject, html: texts.html, mjml: texts.mjml, text, body }, 'mjml'),
      ...(translations.length > 0 && {
        translations: translations.map((one, place) => made(one, `translations[${place}].mjml`)),
      }),
    };
  }
}
