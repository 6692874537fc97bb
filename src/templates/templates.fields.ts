/** A template's fields with their own rules: several Liquid texts in one field. */
import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { Int, JsonObject, Nested, Text, TextList, type FieldOptions } from '../kernel/index.js';
import type { Acknowledgement } from '../providers/index.js';
import type { SpeechOptions } from './speech.js';

const MEDIA_URLS = 10;
/** Source characters of one URL: no rendered one may be longer. */
const MEDIA_SOURCE = 2_000;
const VARIABLES = 100;
const VARIABLE_NAME = /^\w{1,64}$/;
const VARIABLE_SOURCE = 10_000;

/** Fallback steps after a template's own channel. */
const FALLBACKS = 3;

export const TEMPLATE_KEY = {
  pattern: /^[a-z0-9]+([._-][a-z0-9]+)*$/,
  meaning: 'lower-case letters and digits, joined by . _ or -',
};

/** A tag of BCP 47, as people write it. */
export const LanguageTag = (options: FieldOptions): PropertyDecorator =>
  Text({
    max: 35,
    pattern: /^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/,
    meaning: 'a language as BCP 47, such as pt-BR',
    ...options,
  });

/** Keys of other templates, optional. */
export const FallbackKeys = (): PropertyDecorator =>
  TextList({
    required: false,
    max: FALLBACKS,
    of: (key) => typeof key === 'string' && key.length <= 100 && TEMPLATE_KEY.pattern.test(key),
    meaning: 'the key of a template',
    description:
      'Keys of templates for other channels, in order: where a message ends without reaching the person, the next of them is sent',
  });

/** Liquid for the URLs of pictures, optional. */
export const MediaUrls = (): PropertyDecorator =>
  TextList({
    required: false,
    max: MEDIA_URLS,
    of: (text) => typeof text === 'string' && text !== '' && text.length <= MEDIA_SOURCE,
    meaning: `a Liquid text of 1 to ${MEDIA_SOURCE} characters`,
    description:
      'MMS, WhatsApp: addresses of pictures, such as `https://img.example/{{ order.id }}.png`; one that becomes empty is left out',
  });

/** What asks the person for a key, and what answers it. */
export class AcknowledgeOptions implements Acknowledgement {
  @Text({
    max: 300,
    example: 'Press 1 to confirm, or any other key to hear this again.',
    description: 'Said after the text, in the language of the call',
  })
  prompt: string;

  @Text({ required: false, max: 300, example: 'Thank you.', description: 'Said after 1 was pressed' })
  confirmation?: string;
}

/** How a call speaks. */
export class SpeechBody implements SpeechOptions {
  @Text({
    required: false,
    max: 35,
    pattern: /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/,
    meaning: 'a language as BCP 47, such as en-GB',
    example: 'en-GB',
    default: 'en-US',
  })
  language?: string;

  @Text({
    required: false,
    max: 64,
    pattern: /^[A-Za-z][\w.-]*$/,
    meaning: 'the name of a voice, such as Polly.Amy',
    example: 'Polly.Amy',
    description: 'The provider’s usual one for the language when absent',
  })
  voice?: string;

  @Int({ required: false, min: 1, max: 5, default: 2, description: 'How often the text is said' })
  repeat?: number;

  @Int({ required: false, min: 0, max: 10, default: 1, description: 'Seconds of silence after each time' })
  pauseSeconds?: number;

  @Nested(() => AcknowledgeOptions, {
    required: false,
    description: 'Ask the person to press 1: the message is `read` then. Any other key says the text again',
  })
  acknowledge?: AcknowledgeOptions;
}

/** Liquid for each variable of a Content template, optional. */
export const ContentVariables = (): PropertyDecorator =>
  applyDecorators(
    JsonObject({
      required: false,
      description: 'WhatsApp: Liquid for each of its variables, such as `{ "1": "{{ name }}" }`',
    }),
    ValidateBy(
      { name: 'contentVariables', validator: { validate: isVariables } },
      {
        message: `$property must hold at most ${VARIABLES} texts of at most ${VARIABLE_SOURCE} characters, by the numbers or names of the variables`,
      },
    ),
  );

function isVariables(variables: unknown): boolean {
  const entries = Object.entries(variables ?? {});
  const isOne = ([name, text]: [string, unknown]): boolean =>
    VARIABLE_NAME.test(name) && typeof text === 'string' && text.length <= VARIABLE_SOURCE;
  return entries.length <= VARIABLES && entries.every(isOne);
}
