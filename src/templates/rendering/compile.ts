/** Compiles a template for rendering, once per version. */
import type { Template } from 'liquidjs';
import { isBlank, isWebAddress } from '../../kernel/index.js';
import { tidy } from './html-text.js';
import { LIMITS } from './limits.js';
import { engines, type EngineName } from './liquid-engine.js';
import { parseFault } from './liquid-faults.js';
import { oneLine } from './printing.js';
import { checkShape, isGiven, type TemplateChannel, type TemplateSource } from '../template-source.js';
import type { SpeechOptions } from '../speech.js';
import { InvalidMediaUrl, TemplateTooExpensive } from '../template.errors.js';
import { textTemplateOf } from './text-template.js';
import { findVariables, type Variables } from './variables.js';

export interface CompiledPart {
  /** `subject`, `html`, `text`, `body`, `mediaUrls[0]` or `contentVariables.1`. */
  readonly name: string;
  readonly engine: EngineName;
  readonly nodes: Template[];
  readonly variables: Variables;
  /** Post-processing of each rendered text. May throw a TemplateError. */
  readonly finish: (text: string) => string;
}

/**
 * A parsed template: keep it while its version is in use. Holds no data, so any number of renderings may share it. An email
 * with HTML but no `text` part has its text generated from each rendered HTML.
 */
export interface CompiledTemplate {
  readonly channel: TemplateChannel;
  readonly contentSid: string | undefined;
  readonly speech: SpeechOptions | undefined;
  readonly parts: readonly CompiledPart[];
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
  const { channel, subject, html, text, body, mediaUrls = [], contentSid, contentVariables = {} } = source;
  const parts: CompiledPart[] = [];
  if (isGiven(subject)) parts.push(compilePart('subject', subject, 'text', oneLine));
  if (isGiven(html)) parts.push(compilePart('html', html, 'html', asIs));
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
  return { channel, contentSid: isGiven(contentSid) ? contentSid : undefined, speech: source.speech, parts };
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

/** The variables that any rendering needs, in the template's order. Those needed only within an `if` or a loop are not included. */
export function requiredVariables(template: CompiledTemplate): string[] {
  return [...new Set(template.parts.flatMap((part) => part.variables.required.map((variable) => variable.name)))];
}

/** A variable's name and its path into the data. */
export interface RequiredPath {
  readonly name: string;
  readonly path: readonly (string | number)[];
}

/** The same as paths into the data, without variables whose path contains variables. */
export function requiredPaths(template: CompiledTemplate): RequiredPath[] {
  const paths = template.parts.flatMap(({ variables }) =>
    variables.required.flatMap(({ name, path }) => (path ? [{ name, path }] : [])),
  );
  return [...new Map(paths.map((one) => [JSON.stringify(one.path), one])).values()];
}

function compilePart(name: string, source: string, engine: EngineName, finish: CompiledPart['finish']): CompiledPart {
  const tags = source.split(/\{[{%]/).length - 1;
  if (tags > LIMITS.tags) throw new TemplateTooExpensive(name, `has more than ${LIMITS.tags} Liquid tags`);
  try {
    const nodes = engines[engine].parse(source);
    return { name, engine, nodes, variables: findVariables(nodes), finish };
  } catch (error) {
    throw parseFault(name, error);
  }
}
