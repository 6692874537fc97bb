/** Request and response shapes of layouts and partials. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Instant, OneOf, Text } from '../../kernel/index.js';
import { TEMPLATE_KEY } from '../templates.fields.js';
import { PART_KINDS, type PartKind } from './part.entity.js';

const LONGEST = 131_072;

/** At least one of them. */
export class PartTexts {
  @Text({
    required: false,
    max: LONGEST,
    description: 'For the HTML part. A layout says by `{{ content }}` where the template’s own goes',
    example: '<div>{{ content }}</div><p>Riverside Festivals, Ulm</p>',
  })
  html?: string;

  @Text({ required: false, max: LONGEST, description: 'For templates in MJML' })
  mjml?: string;

  @Text({ required: false, max: LONGEST, description: 'For every other text: the plain part, the subject, an SMS' })
  text?: string;
}

export class CreatePartBody extends PartTexts {
  @Text({ max: 100, ...TEMPLATE_KEY, example: 'letterhead' })
  key: string;

  @OneOf(PART_KINDS, { description: "A layout is around a mail; a partial is put in by `{% include 'footer' %}`" })
  kind: PartKind;
}

export class UpdatePartBody extends PartTexts {
  @Flag({
    required: false,
    default: false,
    description: 'Publish a new version of every template that has another version of it',
  })
  republish?: boolean;
}

export class PartView extends PartTexts {
  @Text({ max: 100, example: 'letterhead' }) key: string;
  @OneOf(PART_KINDS) kind: PartKind;
  @ApiProperty({ example: 4 }) version: number;
  @ApiProperty({
    type: [String],
    example: ['order-confirmation'],
    description: 'Templates whose current version has another version of it than the current one',
  })
  outdated: readonly string[];
  @Instant() createdAt: string;
}
