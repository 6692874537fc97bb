/** Compiles a template for rendering, once per version. */
import type { Template } from 'liquidjs';
import { isBlank, isWebAddress } from '../../kernel/plain.js';
import { tidy } from './html-text.js';
import { canonicalLanguage } from './languages.js';
import { LIMITS } from './limits.js';
import { engines, type EngineName } from './liquid-engine.js';
import { parseFault } from './liquid-faults.js';
import { oneLine } from './printing.js';
import {
  checkShape,
  isGiven,
  type TemplateChannel,
  type TemplateSource,
  type Translation,
} from '../template-source.js';
import type { SpeechOptions } from '../speech.js';
import { InvalidMediaUrl, TemplateError, TemplateTooExpensive } from '../template.errors.js';
import { isLinkVariable, readsLink } from './link-variables.js';
import { textTemplateOf } from './text-template.js';
import { findVariables, type Variable, type Variables } from './variables.js';

export interface CompiledPart {
  /** `subject`, `html`, `text`, `body`, `mediaUrls[0]` or `contentVariables.1`. */
  readonly name: string;
  readonly engine: EngineName;
  readonly nodes: Template[];
  readonly variables: Variables;
  /** Whether it reads one of the links that Callboard fills in. */
  readonly readsLink: boolean;
  /** Post-processing of each rendered text. May throw a TemplateError. */
  readonly finish: (text: string) => string;
}

/**
 * A parsed template: keep it while its version is in use. Holds no data, so any number of renderings may share it. An email
 * with HTML but no `text` part has its text generated from each rendered HTML.
 */
export interface CompiledTemplate {
  /** What it was compiled from. */
  readonly source: TemplateSource;
  readonly channel: TemplateChannel;
  readonly contentSid: string | undefined;
  readonly speech: SpeechOptions | undefined;
  readonly parts: readonly CompiledPart[];
  /** Of these parts, canonical; undefined where the author did not say. */
  readonly language: string | undefined;
  /** The same in other languages. */
  readonly translations: readonly CompiledTemplate[];
  /** What `{{ brand }}` stands for; undefined where it is a variable as any other. */
  readonly brand: Readonly<Record<string, unknown>> | undefined;
}

const asIs = (text: string): string => text;
/** NFC: `é` in one character is in GSM-7, a letter with a combining accent turns an SMS into UCS-2. */
const composed = (text: string): string => text.normalize('NFC');

/**
 * Parses every part of a template. The text of an email without one is generated from its HTML. @throws InvalidTemplate,
 * TemplateSyntaxError, TemplateTooExpensive
 */
export function compile(source: TemplateSource): CompiledTemplate {
  checkShape(source);
  const { channel, subject, html, mjml, text, body, mediaUrls = [], contentSid, contentVariables = {} } = source;
  const parts: CompiledPart[] = [];
  if (isGiven(subject)) parts.push(compilePart('subject', subject, 'text', oneLine));
  if (isGiven(html)) parts.push(compilePart('html', html, 'html', asIs));
  if (isGiven(mjml)) compilePart('mjml', mjml, 'html', asIs); // its HTML is rendered: this finds faults in the author's own lines
  if (isGiven(text)) parts.push(compilePart('text', text, 'text', asIs));
  else if (isGiven(html)) {
    const derived = textTemplateOf(html);
    if (derived !== undefined) parts.push(compilePart('text', derived, 'text', tidy));
  }
  if (isGiven(body)) parts.push(compilePart('body', body, 'text', composed));
  for (const [at, url] of mediaUrls.entries()) {
    const name = `mediaUrls[${at}]`;
    parts.push(compilePart(name, url, 'text', mediaUrl(name)));
  }
  for (const [position, value] of Object.entries(contentVariables)) {
    parts.push(compilePart(`contentVariables.${position}`, value, 'text', oneLine));
  }
  return {
    source,
    channel,
    contentSid: isGiven(contentSid) ? contentSid : undefined,
    speech: source.speech,
    parts,
    language: source.language === undefined ? undefined : canonicalLanguage(source.language),
    translations: (source.translations ?? []).map((one, place) => compileTranslation(source, one, place)),
    brand: source.brand,
  };
}

/** Raises what `compile` raises, of this translation. */
function compileTranslation(source: TemplateSource, translation: Translation, place: number): CompiledTemplate {
  const { channel, mediaUrls, brand } = source;
  try {
    return compile({ channel, mediaUrls, brand, ...translation });
  } catch (error) {
    throw error instanceof TemplateError ? error.under(`translations[${place}]`) : error;
  }
}

/** The parts in every language. */
const allParts = ({ parts, translations }: CompiledTemplate): CompiledPart[] => [
  ...parts,
  ...translations.flatMap(allParts),
];

/** Those that the data must hold: not what the template brings itself, nor what Callboard fills in. */
function requiredOf(template: CompiledTemplate): Variable[] {
  const own = [template.brand && 'brand', template.language !== undefined && 'language'];
  return allParts(template)
    .flatMap(({ variables }) => variables.required)
    .filter(({ name, path }) => !isLinkVariable(name) && (!path || !own.includes(String(path[0]))));
}

/** The rendered text as a URL, or empty. The result raises InvalidMediaUrl. */
function mediaUrl(part: string): CompiledPart['finish'] {
  return (text) => {
    const url = text.trim();
    if (isBlank(url)) return '';
    if (!isWebAddress(url)) throw new InvalidMediaUrl(part);
    return url;
  };
}

/**
 * The variables that any rendering needs of the data, in whichever language, in the template's order. Those needed only within an `if`
 * or a loop are not included, nor the links that Callboard fills in.
 */
export const requiredVariables = (template: CompiledTemplate): string[] => [
  ...new Set(requiredOf(template).map(({ name }) => name)),
];

/** A variable's name and its path into the data. */
export interface RequiredPath {
  readonly name: string;
  readonly path: readonly (string | number)[];
}

/** The same as paths into the data, without variables whose path contains variables. */
export function requiredPaths(template: CompiledTemplate): RequiredPath[] {
  const paths = requiredOf(template).flatMap(({ name, path }) => (path ? [{ name, path }] : []));
  return [...new Map(paths.map((one) => [JSON.stringify(one.path), one])).values()];
}

function compilePart(name: string, source: string, engine: EngineName, finish: CompiledPart['finish']): CompiledPart {
  const tags = source.split(/\{[{%]/).length - 1;
  if (tags > LIMITS.tags) throw new TemplateTooExpensive(name, `has more than ${LIMITS.tags} Liquid tags`);
  try {
    const nodes = engines[engine].parse(source);
    return {
      name,
      engine,
      nodes,
      variables: findVariables(nodes),
      readsLink: readsLink(engine, source, nodes),
      finish,
    };
  } catch (error) {
    throw parseFault(name, error);
  }
}
