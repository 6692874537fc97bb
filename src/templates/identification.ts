/** Whether marketing by text says whom it is from, and how to get no more of it. Pure. */
import type { CompiledTemplate } from './rendering/compile.js';
import type { Rendered } from './rendering/render.js';
import { isGiven } from './template-source.js';

export type Unidentified = 'sender' | 'opt_out';

/** Words that providers take as an opt-out, and what people know for it in the languages of our tenants. */
const OPT_OUT =
  /(?<![\p{L}\d])(?:stop|stopall|unsubscribe|opt[ -]?out|arr[eê]t|baja|abmelden|abbestellen)(?![\p{L}\d])/iu;
const VARIABLE = /\{[{%]/;

/** What a text lacks. `names` are those of its venue, any of which will do; `hasLink`: it has our link to leave. */
export function lacking(text: string, names: readonly string[], hasLink: boolean): Unidentified[] {
  const said = plain(text);
  return [
    ...(names.some((name) => said.includes(plain(name))) ? [] : ['sender' as const]),
    ...(hasLink || OPT_OUT.test(text) ? [] : ['opt_out' as const]),
  ];
}

/** What the text of a rendered template lacks; nothing where that is not a text of ours, such as a Content template. */
export const lackingIn = (
  rendered: Rendered,
  compiled: CompiledTemplate,
  names: readonly string[],
): readonly Unidentified[] => (rendered.kind === 'text' ? lacking(rendered.body, names, hasLink(compiled)) : []);

/** What a template's texts lack in any of its languages, whoever they are for: a variable may say the name. */
export function certainlyLacking(compiled: CompiledTemplate, names: readonly string[]): readonly Unidentified[] {
  const { source, translations } = compiled;
  const bodies = [source.body, ...(source.translations ?? []).map(({ body }) => body)].filter(isGiven);
  const links = hasLink(compiled) || translations.some(hasLink);
  const missing = bodies.flatMap((body) =>
    lacking(body, names, links).filter((one) => one === 'opt_out' || !VARIABLE.test(body)),
  );
  return [...new Set(missing)];
}

const hasLink = ({ parts }: CompiledTemplate): boolean => parts.some(({ readsLink }) => readsLink);

/** As people compare names. */
const plain = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
