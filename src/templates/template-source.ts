/** The parts of a template, per channel. */
import { isBlank } from '../kernel/index.js';
import type { SpeechOptions } from './speech.js';
import { InvalidTemplate, type TemplateFault } from './template.errors.js';

export const TEMPLATE_CHANNELS = ['email', 'sms', 'mms', 'whatsapp', 'voice'] as const;
export type TemplateChannel = (typeof TEMPLATE_CHANNELS)[number];

/** Every text is Liquid, except `contentSid` and those of `speech`. */
export interface TemplateSource {
  readonly channel: TemplateChannel;
  readonly subject?: string | undefined;
  readonly html?: string | undefined;
  readonly text?: string | undefined;
  readonly body?: string | undefined;
  /** URLs of pictures. One that renders empty is left out. */
  readonly mediaUrls?: readonly string[] | undefined;
  /** A WhatsApp template approved by Twilio and Meta. */
  readonly contentSid?: string | undefined;
  /** The values of its placeholders, by position: `{ "1": "{{ customer.name }}" }`. */
  readonly contentVariables?: Readonly<Record<string, string>> | undefined;
  /** How a call speaks: no Liquid. */
  readonly speech?: SpeechOptions | undefined;
}

type Field = Exclude<keyof TemplateSource, 'channel'>;

const FIELDS: Readonly<Record<TemplateChannel, readonly Field[]>> = {
  email: ['subject', 'html', 'text'],
  sms: ['body'],
  mms: ['body', 'mediaUrls'],
  whatsapp: ['body', 'mediaUrls', 'contentSid', 'contentVariables'],
  voice: ['body', 'speech'],
};
const ALL_FIELDS: readonly Field[] = [...FIELDS.email, ...FIELDS.whatsapp, 'speech'];

/** Each group requires one of its fields. */
const NEEDS: Readonly<Record<TemplateChannel, readonly (readonly Field[])[]>> = {
  email: [['subject'], ['html', 'text']],
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
  if (faults.length > 0) throw new InvalidTemplate(faults);
}

/** A text that shows nothing counts as absent, and so does a list of such. */
export function isGiven<T extends TemplateSource[Field]>(value: T): value is T & NonNullable<T> {
  if (Array.isArray(value)) return value.some((text: string) => isGiven(text));
  return typeof value === 'string' ? !isBlank(value) : value !== undefined;
}
