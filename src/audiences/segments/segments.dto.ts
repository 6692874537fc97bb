/** Request and response shapes of the segment routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Int, IntParam, JsonObject, Nested, PageQuery, Text } from '../../kernel/index.js';
import { AudienceCounts } from '../audience.dto.js';
import { ContactView } from '../contacts.dto.js';

const NAME = { max: 200, example: 'Berliners who come often' };
const DESCRIPTION = { max: 2_000, example: 'For the winter letter' };
const RULE = {
  example: { and: [{ '==': [{ var: 'city' }, 'Berlin'] }, { '>=': [{ var: 'visits' }, 3] }] },
  description: 'Who is in it, in JsonLogic: the operators are in the documentation of segments',
};

export class PreviewSegmentBody {
  @Id() audienceId: string;

  @JsonObject(RULE)
  rule: Record<string, unknown>;

  @Int({ required: false, min: 0, max: 100, default: 10, description: 'How many of the contacts are shown' })
  show?: number;
}

export class CreateSegmentBody {
  @Id() audienceId: string;

  @Text(NAME)
  name: string;

  @Text({ required: false, ...DESCRIPTION })
  description?: string;

  @JsonObject(RULE)
  rule: Record<string, unknown>;
}

export class UpdateSegmentBody {
  @Text({ required: false, ...NAME })
  name?: string;

  @Text({ required: false, nullable: true, ...DESCRIPTION, description: 'Null removes it' })
  description?: string | null;

  @JsonObject({ required: false, ...RULE })
  rule?: Record<string, unknown>;
}

export class ListSegmentsQuery extends PageQuery {
  @Id({ required: false, description: 'Only of this audience' })
  audienceId?: string;
}

export class ShowQuery {
  @IntParam({ required: false, min: 0, max: 100, default: 10, description: 'How many of the contacts are shown' })
  show: number = 10;
}

export class SegmentView {
  @Id() id: string;
  @Id() audienceId: string;
  @Text(NAME) name: string;
  @ApiProperty({ type: String, nullable: true, example: DESCRIPTION.example }) description: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, ...RULE }) rule: Record<string, unknown>;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

export class SegmentPreviewView {
  @Nested(() => AudienceCounts, { description: 'Contacts that are in it now' }) counts: AudienceCounts;
  @ApiProperty({ type: [ContactView], description: 'The first of them, by kind and address' }) contacts: ContactView[];
}
