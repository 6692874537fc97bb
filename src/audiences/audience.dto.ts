/** Request and response shapes of the audience routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Int, Nested, Text } from '../kernel/index.js';

const NAME = { max: 200, example: 'Season ticket holders' };
const DESCRIPTION = { max: 2_000, example: 'Everyone with a season ticket for 2026/27' };

export class CreateAudienceBody {
  @Text(NAME)
  name: string;

  @Text({ required: false, ...DESCRIPTION })
  description?: string;
}

export class UpdateAudienceBody {
  @Text({ required: false, ...NAME })
  name?: string;

  @Text({ required: false, nullable: true, ...DESCRIPTION, description: 'Null removes it' })
  description?: string | null;
}

export class AudienceCounts {
  @Int({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 1000, description: 'Contacts with an email address' })
  email: number;

  @Int({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 400, description: 'Contacts with a phone number' })
  phone: number;
}

export class AudienceView {
  @Id() id: string;
  @Text(NAME) name: string;
  @ApiProperty({ type: String, nullable: true, example: DESCRIPTION.example }) description: string | null;
  @Nested(() => AudienceCounts) counts: AudienceCounts;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}
