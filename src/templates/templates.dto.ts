/** Request and response shapes of the template routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, IntParam, Instant, JsonObject, Nested, NestedList, OneOf, Text } from '../kernel/index.js';
import { Attachments, type AttachmentRef } from '../files/index.js';
import { CATEGORIES, type Category } from '../tenants/index.js';
import { LINT_RULES, type Finding, type LintRule } from './lint/lint.rules.js';
import { TEMPLATE_CHANNELS, type TemplateChannel } from './template-source.js';
import { EXAMPLE_DATA } from './templates.examples.js';
import {
  ContentVariables,
  FallbackKeys,
  LanguageTag,
  MediaUrls,
  SpeechBody,
  TEMPLATE_KEY,
} from './templates.fields.js';

const TRANSLATIONS = 50;
const LIQUID = 'Liquid: `{{ name }}`, `{% if vip %}…{% endif %}`';

/** What one language says; which fields a channel requires is checked as a whole. */
class LanguageFields {
  @Text({
    required: false,
    max: 998,
    description: `Email: the subject. ${LIQUID}`,
    example: 'Your tickets for {{ event.name }}',
  })
  subject?: string;

  @Text({
    required: false,
    max: 131_072,
    description: `Email: the HTML part; variables are escaped. ${LIQUID}`,
    example: '<p>Hello {{ name }}</p>',
  })
  html?: string;

  @Text({
    required: false,
    max: 131_072,
    description:
      'Email: MJML in the place of `html`, which it becomes when it is published. Liquid, in texts and attributes',
  })
  mjml?: string;

  @Text({ required: false, max: 131_072, description: 'Email: the plain part; made from the HTML when absent' })
  text?: string;

  @Text({ required: false, max: 10_000, description: `SMS, MMS, WhatsApp, voice: the text. ${LIQUID}` })
  body?: string;

  @MediaUrls()
  mediaUrls?: string[];

  @Nested(() => SpeechBody, { required: false, description: 'Voice: how the call speaks; `body` is what it says' })
  speech?: SpeechBody;
}

export class TranslationBody extends LanguageFields {
  @LanguageTag({ example: 'de' })
  language: string;
}

/** A version's content. */
export class TemplateTexts extends LanguageFields {
  @Text({
    required: false,
    max: 34,
    pattern: /^HX[0-9a-zA-Z]{32}$/,
    meaning: 'a Twilio Content SID (HX and 32 characters)',
    description: 'WhatsApp: an approved template, for outside the 24-hour window',
  })
  contentSid?: string;

  @ContentVariables()
  contentVariables?: Record<string, string>;

  @FallbackKeys()
  fallback?: string[];

  @Attachments('Email: files that every message from it carries, its pictures within the HTML')
  attachments?: AttachmentRef[];

  @LanguageTag({
    required: false,
    description: 'Of these texts, which whoever reads none of the `translations` gets',
    example: 'en',
  })
  language?: string;

  @NestedList(() => TranslationBody, {
    required: false,
    max: TRANSLATIONS,
    description:
      'The same in other languages; who gets which is decided by the data, or by `template.language` of a message',
    example: [{ language: 'de', subject: 'Deine Karten für {{ event.name }}', html: '<p>Hallo {{ name }}</p>' }],
  })
  translations?: TranslationBody[];

  @Text({
    required: false,
    max: 100,
    ...TEMPLATE_KEY,
    description: 'Email: the key of the layout around `html` and `text`, as it is now',
  })
  layout?: string;
}

/** What layouts and partials are put into, and MJML. */
export type OwnTexts = Pick<TemplateTexts, 'subject' | 'html' | 'mjml' | 'text' | 'body' | 'translations'>;

/** A layout or partial, as it was when the version was published. */
class PinnedPartView {
  @ApiProperty({ example: 'letterhead' }) key: string;
  @ApiProperty({ example: 4 }) version: number;
}

export class CreateTemplateBody extends TemplateTexts {
  @Text({ max: 100, ...TEMPLATE_KEY, example: 'order-confirmation' })
  key: string;

  @OneOf(TEMPLATE_CHANNELS)
  channel: TemplateChannel;

  @OneOf(CATEGORIES, { description: 'Decides consent: marketing needs an opt-in' })
  category: Category;
}

/** A new version. Channel and category never change, so that consent given for one is not used for the other. */
export class UpdateTemplateBody extends TemplateTexts {
  @OneOf(TEMPLATE_CHANNELS, { required: false, description: 'Only to be sure: it must be the template’s own' })
  channel?: TemplateChannel;

  @OneOf(CATEGORIES, { required: false, description: 'Only to be sure: it must be the template’s own' })
  category?: Category;
}

export class PreviewBody {
  @JsonObject({ required: false, example: EXAMPLE_DATA })
  data?: Record<string, unknown>;

  @Text({ required: false, max: 100, description: 'The name of kept test data, which `data` add to' })
  dataSet?: string;

  @LanguageTag({
    required: false,
    description: 'Of the reader; the same as `language` among the data',
    example: 'de-AT',
  })
  language?: string;

  @Flag({
    required: false,
    default: false,
    description: 'Say what is probably wrong with the message; its links are asked, which may take five seconds',
  })
  lint?: boolean;
}

export class PreviewQuery {
  @IntParam({ required: false, min: 1, max: 1_000_000, description: 'The current one when absent' })
  version?: number;
}

class SmsPreview {
  @ApiProperty({ enum: ['GSM-7', 'UCS-2'], description: 'UCS-2 has 70 characters to a segment instead of 160' })
  encoding: string;
  @ApiProperty({ example: 2 }) segments: number;
  @ApiProperty({
    type: [String],
    example: ['…'],
    description: 'Characters that force UCS-2: without them the text needs fewer segments',
  })
  nonGsm: readonly string[];
}

class LintFinding implements Finding {
  @ApiProperty({ enum: LINT_RULES }) rule: LintRule;
  @ApiProperty({ example: 'html', description: 'The part of the message' }) part: string;
  @ApiProperty({ example: 'Image 2 has no `alt`: say what it shows, or `alt=""` for decoration' }) message: string;
}

export class PreviewView {
  @ApiProperty({ required: false, example: 'Your tickets for Summer Night' }) subject?: string;
  @ApiProperty({ required: false, example: '<p>Hello Ana</p>' }) html?: string;
  @ApiProperty({ required: false, example: 'Hello Ana' }) text?: string;
  @ApiProperty({ required: false }) body?: string;
  @ApiProperty({ required: false, type: [String] }) mediaUrls?: readonly string[];
  @ApiProperty({ required: false }) contentSid?: string;
  @JsonObject({ required: false }) contentVariables?: Readonly<Record<string, string>>;
  @ApiProperty({ required: false, type: SpeechBody, description: 'Voice only' }) speech?: SpeechBody;
  @ApiProperty({ required: false, type: SmsPreview, description: 'SMS only' }) sms?: SmsPreview;
  @ApiProperty({ required: false, type: [LintFinding], description: 'Where it was asked for' })
  lint?: readonly LintFinding[];
}

export class TemplateView extends TemplateTexts {
  @Text({ max: 100, example: 'order-confirmation' }) key: string;
  @OneOf(TEMPLATE_CHANNELS) channel: TemplateChannel;
  @OneOf(CATEGORIES) category: Category;
  @ApiProperty({ example: 3 }) version: number;
  @ApiProperty({
    required: false,
    type: [PinnedPartView],
    description: 'The layout and partials that it was published with',
  })
  parts?: readonly PinnedPartView[];
  @ApiProperty({ type: [String], example: ['name', 'event.name'], description: 'Data without these is refused' })
  requiredVariables: string[];
  @Instant() createdAt: string;
}
