/** An email's content: literal, or an inline template with its data. */
import { at, listAt, objectIn, stringAt } from '../../kernel/index.js';
import { sesRefusal } from './ses-errors.js';

export interface SesContent {
  readonly subject: string;
  readonly html?: string;
  readonly text?: string;
  /** Set if a variable was missing: SES accepts such a send and reports a rendering failure later. */
  readonly renderingFailure?: string;
}

/** `{{name}}` or `{{{name}}}`, a path of names and dots; SES does not escape inserted values. */
const VARIABLE = /\{\{\{?\s*([\w.-]+)\s*\}?\}\}/g;

export const simpleContent = (simple: unknown): SesContent => ({
  subject: stringAt(simple, 'Subject', 'Data') ?? '',
  html: stringAt(simple, 'Body', 'Html', 'Data'),
  text: stringAt(simple, 'Body', 'Text', 'Data'),
});

/** Rejects a stored template: the sandbox has none. */
export function templateContent(template: unknown, data: unknown): SesContent {
  const content = at(template, 'TemplateContent');
  if (!content)
    throw sesRefusal('NotFoundException', 'Template does not exist: this sandbox takes TemplateContent only.');
  const missing = new Set<string>();
  const fill = (text: string | undefined): string | undefined =>
    text?.replace(VARIABLE, (_, name: string) => {
      const value = at(data, ...name.split('.'));
      if (value === undefined || value === null) missing.add(name);
      return typeof value === 'string' ? value : JSON.stringify(value ?? '');
    });
  const filled = {
    subject: fill(stringAt(content, 'Subject')) ?? '',
    html: fill(stringAt(content, 'Html')),
    text: fill(stringAt(content, 'Text')),
  };
  const [first] = missing;
  if (first === undefined) return filled;
  return { ...filled, renderingFailure: `Attribute '${first}' is not present in the rendering data.` };
}

/** The JSON object in a string field; an empty one if the field is absent, undefined if it holds something else. */
export function templateData(value: unknown, field: string): object | undefined {
  const text = stringAt(value, field);
  return text === undefined ? {} : objectIn(text);
}

/** Message headers or tags: a list of `{Name, Value}` as one object. */
export const namedValues = (list: unknown): Record<string, string> =>
  Object.fromEntries(listAt(list).map((item) => [stringAt(item, 'Name') ?? '', stringAt(item, 'Value') ?? '']));
