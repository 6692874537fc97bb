/** Renders a compiled template for one recipient. */
import { wholeAllowance, type Allowance } from './allowance.js';
import type { CompiledPart, CompiledTemplate } from './compile.js';
import { htmlToText } from './html-text.js';
import { inLanguageOf } from './languages.js';
import { EXAMPLE_LINKS } from './link-variables.js';
import { lookUp, run } from './liquid-engine.js';
import { renderFaults, type RenderFaults } from './liquid-faults.js';
import type { Speech } from '../../providers/index.js';
import { speechOf } from '../speech.js';
import { MissingVariables } from '../template.errors.js';

/** Ready for a provider: matches the providers' `Content`. */
export type Rendered =
  | { readonly kind: 'email'; readonly subject: string; readonly html?: string; readonly text: string }
  | { readonly kind: 'text'; readonly body: string; readonly mediaUrls?: readonly string[] }
  | {
      readonly kind: 'content-template';
      readonly contentSid: string;
      readonly variables: Readonly<Record<string, string>>;
    }
  | ({ readonly kind: 'speech'; readonly text: string } & Speech);

/** A JSON object; its depth and size are checked on input. */
export type TemplateData = Readonly<Record<string, unknown>>;

/**
 * Renders all parts, or reports all missing variables at once. The same template and data give the same result on every host,
 * except for `'now' | date`, which is the time `now` if that is given. HTML is escaped, unless the last filter is `raw`; a subject
 * and a WhatsApp variable are folded into one line, and picture URLs are validated. In the language that the data ask for, if the
 * template has it. Links that Callboard fills in are examples, unless the data have them.
 *
 * Synchronous, as nothing in a template waits, and for as long as `allowance` says: `renderPatiently` is for whoever shares a thread. It takes about 15 µs for an SMS and 140 µs for a mail of 2.5 KB with its text, the same
 * as liquidjs without the sandbox. @throws MissingVariables, InvalidMediaUrl, TemplateRenderError, TemplateTooExpensive
 */
export function render(
  asked: CompiledTemplate,
  sent: TemplateData,
  now?: Date,
  allowance: Allowance = wholeAllowance(),
): Rendered {
  const template = inLanguageOf(asked, sent);
  const given = withOwn(template, sent);
  const data = template.parts.some(({ readsLink }) => readsLink) ? { ...EXAMPLE_LINKS, ...given } : given;
  const texts: Record<string, string> = {};
  const faults: RenderFaults[] = [];
  for (const part of template.parts) {
    const result = renderPart(part, data, { allowance, now });
    if (typeof result === 'string') texts[part.name] = result;
    else faults.push(result);
  }
  if (faults.length > 0) throw worst(faults, template, data);
  return assemble(template, texts);
}

/** What the template brings itself hides what the data say under the same name. */
function withOwn({ language, brand }: CompiledTemplate, data: TemplateData): TemplateData {
  return language === undefined && brand === undefined
    ? data
    : { ...data, ...(language !== undefined && { language }), ...(brand && { brand }) };
}

function renderPart(
  part: CompiledPart,
  data: TemplateData,
  given: { readonly allowance: Allowance; readonly now: Date | undefined },
): string | RenderFaults {
  try {
    return part.finish(run(part.engine, part.nodes, data, given).toWellFormed()); // providers refuse half an emoji
  } catch (thrown) {
    return renderFaults(part.name, thrown);
  }
}

function worst(faults: readonly RenderFaults[], template: CompiledTemplate, data: TemplateData): unknown {
  const missing = allMissing(
    faults.flatMap((fault) => fault.missing),
    template,
    data,
  );
  return missing.length > 0 ? new MissingVariables(missing) : faults[0]?.other;
}

/** Including those that liquidjs had not reached yet, excluding those that the template itself would have set. */
function allMissing(found: readonly string[], template: CompiledTemplate, data: TemplateData): string[] {
  const variables = template.parts.map((part) => part.variables);
  const absent = variables
    .flatMap(({ required }) => required)
    .filter(({ path }) => path && lookUp(data, path) === undefined);
  const names = [...new Set([...absent.map(({ name }) => name), ...found])];
  const isLocal = (name: string): boolean => variables.some(({ locals }) => locals.has(name.split(/[.[]/, 1)[0] ?? ''));
  const given = names.filter((name) => !isLocal(name));
  return given.length > 0 ? given : names;
}

function assemble(template: CompiledTemplate, texts: Readonly<Record<string, string>>): Rendered {
  const { subject = '', html, body = '' } = texts;
  if (template.channel === 'email') {
    return html === undefined
      ? { kind: 'email', subject, text: texts.text ?? '' }
      : { kind: 'email', subject, html, text: texts.text ?? htmlToText(html) };
  }
  if (template.channel === 'voice') return { kind: 'speech', text: body, ...speechOf(template.speech) };
  if (template.contentSid === undefined) return { kind: 'text', body, ...mediaOf(texts) };
  const variables = Object.entries(texts).map(
    ([name, value]) => [name.replace('contentVariables.', ''), value] as const,
  );
  return { kind: 'content-template', contentSid: template.contentSid, variables: Object.fromEntries(variables) };
}

/** The URLs in the order of the template, without empty ones. */
function mediaOf(texts: Readonly<Record<string, string>>): { readonly mediaUrls?: readonly string[] } {
  const mediaUrls = Object.entries(texts).flatMap(([name, url]) => (name.startsWith('mediaUrls') && url ? [url] : []));
  return mediaUrls.length > 0 ? { mediaUrls } : {};
}
