/** What a message says, as the routes take it. */
import { JsonObject, Text, TextList, WEB_ADDRESS, isWebAddress } from '../../kernel/index.js';

export class TemplateChoice {
  @Text({ max: 100, example: 'order-confirmation' })
  key: string;

  @JsonObject({
    required: false,
    description: 'What the template’s variables stand for',
    example: { name: 'Ana', order: { id: 'A-1001' } },
  })
  data?: Record<string, unknown>;
}

export class OwnContent {
  @Text({
    required: false,
    max: 998,
    pattern: /^\P{Cc}+$/u,
    meaning: 'one line of text',
    description: 'Email: the subject',
  })
  subject?: string;

  @Text({ required: false, max: 500_000, description: 'Email: the HTML part' })
  html?: string;

  @Text({ required: false, max: 500_000, description: 'Email: the plain part; made from the HTML when absent' })
  text?: string;

  @Text({
    required: false,
    max: 4_096,
    description: 'SMS, MMS, WhatsApp: the text, at most 1,600 characters',
    example: 'Doors open at 19:00.',
  })
  body?: string;

  @TextList({
    required: false,
    max: 10,
    of: isWebAddress,
    meaning: WEB_ADDRESS,
    description: 'MMS, WhatsApp: addresses of pictures',
  })
  mediaUrls?: string[];
}
