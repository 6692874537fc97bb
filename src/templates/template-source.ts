/** The parts of a template, per channel. */
import { isBlank } from '../kernel/plain.js';
import type { SpeechOptions } from './speech.js';
import { canonicalLanguage } from './rendering/languages.js';
import { InvalidTemplate, type TemplateFault } from './template.errors.js';

export const TEMPLATE_CHANNELS = ['email', 'sms', 'mms', 'whatsapp', 'voice'] as const;
export type TemplateChannel = (typeof TEMPLATE_CHANNELS)[number];

/** What a translation has of its own. Every text is Liquid, except those of `speech`. */
export interface LanguageTexts {
  readonly subject?: string | undefined;
  readonly html?: string | undefined;
  /** In the place of `html`, which it becomes when it is published. */
  readonly mjml?: string | undefined;
  readonly text?: string | undefined;
  readonly body?: string | undefined;
  /** URLs of pictures. One that renders empty is left out. */
  readonly mediaUrls?: readonly string[] | undefined;
  /** How a call speaks: no Liquid. */
  readonly speech?: SpeechOptions | undefined;
}

/** The template in another language; without `mediaUrls` it has the template's. */
export interface Translation extends LanguageTexts {
  /** A tag of BCP 47. */
  readonly language: string;
}

export interface TemplateSource extends LanguageTexts {
  readonly channel: TemplateChannel;
  /** A WhatsApp template approved by Twilio and Meta. */
  readonly contentSid?: string | undefined;
  /** The values of its placeholders, by position: `{ "1": "{{ customer.name }}" }`. */
  readonly contentVariables?: Readonly<Record<string, string>> | undefined;
  /** The key of the layout around `html` and `text`. */
  readonly layout?: string | undefined;
  /** Of its own texts, which whoever reads none of its languages gets. */
  readonly language?: string | undefined;
  readonly translations?: readonly Translation[] | undefined;
  /** What `{{ brand }}` stands for. */
  readonly brand?: Readonly<Record<string, unknown>> | undefined;
}

type Field = Exclude<keyof TemplateSource, 'channel' | 'language' | 'translations' | 'brand'>;

const FIELDS: Readonly<Record<TemplateChannel, readonly Field[]>> = {
  email: ['subject', 'html', 'mjml', 'text', 'layout'],
  sms: ['body'],
  mms: ['body', 'mediaUrls'],
  whatsapp: ['body', 'mediaUrls', 'contentSid', 'contentVariables'],
  voice: ['body', 'speech'],
};
const ALL_FIELDS: readonly Field[] = [...FIELDS.email, ...FIELDS.whatsapp, 'speech'];

/** Each group requires one of its fields. */
const NEEDS: Readonly<Record<TemplateChannel, readonly (readonly Field[])[]>> = {
  email: [['subject'], ['html', 'text', 'mjml']],
  sms: [['body']],
  mms: [['mediaUrls']],
  whatsapp: [['body', 'mediaUrls', 'contentSid']],
  voice: [['body']],
};

/** @throws InvalidTemplate naming each missing field, and each not allowed on the channel */
export function checkShape(source: TemplateSource): void {
  const { channel } = source;
  const given = ALL_FIELDS.filter((field) => isGiven(source[field]));
  const faults: TemplateFault[] = [];
  for (const field of given) {
    if (!FIELDS[channel].includes(field))
      faults.push({ path: field, message: `\`${field}\` has no place in ${channel}` });
  }
  for (const group of NEEDS[channel]) {
    if (group.some((field) => given.includes(field))) continue;
    const names = group.map((field) => `\`${field}\``).join(' or ');
    faults.push({ path: group[0] ?? channel, message: `a template for ${channel} needs ${names}` });
  }
  if (given.includes('html') && given.includes('mjml')) {
    faults.push({ path: 'mjml', message: 'give either `html` or `mjml`, not both' });
  }
  if (given.includes('body') && given.includes('contentSid')) {
    faults.push({ path: 'body', message: 'give either `body` or `contentSid`, not both' });
  }
  if (given.includes('mediaUrls') && given.includes('contentSid')) {
    faults.push({
      path: 'mediaUrls',
      message: 'leave out `mediaUrls`: a template with a `contentSid` has its own media',
    });
  }
  if (given.includes('contentVariables') && !given.includes('contentSid')) {
    faults.push({ path: 'contentVariables', message: '`contentVariables` belong to a `contentSid`' });
  }
  faults.push(...languageFaults(source));
  if (faults.length > 0) throw new InvalidTemplate(faults);
}

/** What is wrong with the languages as a set; each translation's texts are checked by themselves. */
function languageFaults({ channel, language, translations = [], contentSid }: TemplateSource): TemplateFault[] {
  const faults: TemplateFault[] = [];
  if (translations.length > 0 && language === undefined)
    faults.push({ path: 'language', message: 'say by `language` what the template itself is written in' });
  if (translations.length > 0 && isGiven(contentSid))
    faults.push({
      path: 'translations',
      message: 'a `contentSid` is approved in one language: translate it at Twilio',
    });
  const seen = new Set<string>();
  for (const [path, tag] of [
    ['language', language] as const,
    ...translations.map((one, place) => [`translations[${place}].language`, one.language] as const),
  ]) {
    const canonical = tag === undefined ? undefined : canonicalLanguage(tag);
    if (tag !== undefined && canonical === undefined)
      faults.push({ path, message: `\`${path}\` is no language tag such as pt-BR` });
    if (canonical !== undefined && seen.has(canonical))
      faults.push({ path, message: `\`${canonical}\` is there already` });
    if (canonical !== undefined) seen.add(canonical);
  }
  for (const [place, { speech }] of translations.entries()) {
    if (channel === 'voice' && speech?.language === undefined)
      faults.push({
        path: `translations[${place}].speech.language`,
        message: 'a translation of a call says in which language it is spoken',
      });
  }
  return faults;
}

/** A text that shows nothing counts as absent, and so does a list of such. */
export function isGiven<T extends TemplateSource[Field]>(value: T): value is T & NonNullable<T> {
  if (Array.isArray(value)) return value.some((text: string) => isGiven(text));
  return typeof value === 'string' ? !isBlank(value) : value !== undefined;
}
