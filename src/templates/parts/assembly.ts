/** What a template's texts become with their layout and partials. */
import { Injectable } from '@nestjs/common';
import { compile } from '../rendering/compile.js';
import type { LanguageTexts, TemplateSource, Translation } from '../template-source.js';
import { InvalidTemplate, TemplateError } from '../template.errors.js';
import { aroundContent, includedIn, placesIn, withoutPartials, withPartials } from './includes.js';
import { PartStore, type CurrentPart, type PinnedPart } from './part-store.js';

/** The texts that may include partials. */
const TEXTS = ['subject', 'html', 'mjml', 'text', 'body'] as const;
type TextName = (typeof TEXTS)[number];
/** Of these a layout has its own. */
const LAID_OUT = ['html', 'mjml', 'text'] as const;
type Form = (typeof LAID_OUT)[number];

/** The texts of all languages, as they are rendered. */
export interface Assembled extends LanguageTexts {
  readonly translations?: readonly Translation[] | undefined;
}

export interface Assembly {
  /** Null where the template's own texts are all there is. */
  readonly whole: Assembled | null;
  /** Null likewise; by key. */
  readonly parts: readonly PinnedPart[] | null;
}

type Parts = ReadonlyMap<string, CurrentPart>;

@Injectable()
export class Assemblies {
  constructor(private readonly store: PartStore) {}

  /** Raises InvalidTemplate, also for a part that there is not, TemplateSyntaxError or TemplateTooExpensive. */
  async of(tenantId: string, source: TemplateSource): Promise<Assembly> {
    const { layout: layoutKey, translations = [] } = source;
    compile({ ...source, ...blanked(source), translations: inEach(translations, blanked) });
    const own = [...new Set([source, ...translations].flatMap(keysIn))];
    if (layoutKey === undefined && own.length === 0) return { whole: null, parts: null };
    const named = await this.store.current(tenantId, [...own, ...(layoutKey === undefined ? [] : [layoutKey])]);
    const layout = layoutKey === undefined ? undefined : requirePart(named, layoutKey, 'layout', 'layout');
    const ofLayout = layout ? keysIn(textsOf(layout)).filter((key) => !named.has(key)) : [];
    const parts = new Map([...named, ...(await this.store.current(tenantId, ofLayout))]);
    const assemble = (texts: LanguageTexts): LanguageTexts => assembled(texts, layout, parts);
    return {
      whole: {
        ...assemble(source),
        ...(translations.length > 0 && { translations: inEach(translations, assemble) }),
      },
      parts: [...parts.values()]
        .map(({ key, version }) => ({ key, version }))
        .toSorted((one, other) => one.key.localeCompare(other.key)),
    };
  }
}

/**
 * Raises InvalidTemplate or TemplateSyntaxError for what could be part of no template: a layout without exactly one place for the
 * content, a partial that includes others.
 */
export function checkPart({ kind, ...part }: Pick<CurrentPart, 'kind' | Form>): void {
  const texts = textsOf(part);
  for (const [name, source] of given(texts)) {
    if (kind === 'layout' && placesIn(name, source) !== 1)
      throw new InvalidTemplate([{ path: name, message: 'a layout has `{{ content }}` exactly once' }]);
    if (kind === 'partial' && includedIn(name, source).length > 0)
      throw new InvalidTemplate([{ path: name, message: 'a partial includes no other' }]);
  }
  const { mjml, ...others } = blanked(texts);
  if (mjml === undefined || Object.keys(others).length > 0) compile({ channel: 'email', subject: 'any', ...others });
  if (mjml !== undefined) compile({ channel: 'email', subject: 'any', mjml });
}

const textsOf = ({ html, mjml, text }: Pick<CurrentPart, Form>): LanguageTexts => ({
  html: html ?? undefined,
  mjml: mjml ?? undefined,
  text: text ?? undefined,
});

const keysIn = (texts: LanguageTexts): string[] => given(texts).flatMap(([name, source]) => includedIn(name, source));

const blanked = (texts: LanguageTexts): LanguageTexts => mapped(texts, withoutPartials);

const given = (texts: LanguageTexts): [TextName, string][] =>
  TEXTS.flatMap((name) => {
    const source = texts[name];
    return source === undefined ? [] : [[name, source]];
  });

const mapped = (texts: LanguageTexts, change: (name: TextName, source: string) => string): LanguageTexts =>
  Object.fromEntries(given(texts).map(([name, source]) => [name, change(name, source)]));

/** Of each translation. Raises what `make` raises, naming the translation. */
const inEach = (translations: readonly Translation[], make: (texts: LanguageTexts) => LanguageTexts): Translation[] =>
  translations.map((one, place) => {
    try {
      return { ...one, ...make(one) };
    } catch (error) {
      throw error instanceof TemplateError ? error.under(`translations[${place}]`) : error;
    }
  });

/** The layout’s own partials are put in last, together with the template’s. */
function assembled(texts: LanguageTexts, layout: CurrentPart | undefined, parts: Parts): LanguageTexts {
  for (const form of ['html', 'mjml'] as const) {
    if (layout && texts[form] !== undefined && layout[form] === null)
      throw new InvalidTemplate([{ path: 'layout', message: `the layout \`${layout.key}\` has no \`${form}\`` }]);
  }
  return mapped(texts, (name, source) => {
    const form = LAID_OUT.find((one) => one === name);
    const around = layout && form !== undefined ? layout[form] : null;
    const whole = around === null ? source : aroundContent(name, around, source);
    return withPartials(name, whole, (key) => partialText(parts, key, name));
  });
}

function partialText(parts: Parts, key: string, name: TextName): string {
  const partial = requirePart(parts, key, 'partial', name);
  const form = name === 'html' || name === 'mjml' ? name : 'text';
  const text = partial[form];
  if (text !== null) return text;
  throw new InvalidTemplate([{ path: name, message: `the partial \`${key}\` has no \`${form}\`` }]);
}

function requirePart(parts: Parts, key: string, kind: CurrentPart['kind'], path: string): CurrentPart {
  const part = parts.get(key);
  if (part?.kind === kind) return part;
  throw new InvalidTemplate([{ path, message: `there is no ${kind} \`${key}\`` }]);
}
