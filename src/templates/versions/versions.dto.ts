/** Request and response shapes of a template's versions. */
import { ApiProperty } from '@nestjs/swagger';
import { Int, IntParam, Instant } from '../../kernel/index.js';

const NEWEST = 1_000_000;

export class DiffQuery {
  @IntParam({ required: false, min: 1, max: NEWEST, description: 'The older one; the one before `to` when absent' })
  from?: number;

  @IntParam({ required: false, min: 1, max: NEWEST, description: 'The current one when absent' })
  to?: number;
}

export class RollBackBody {
  @Int({ min: 1, max: NEWEST, example: 2, description: 'The version whose content is to be current again' })
  version: number;
}

export class VersionView {
  @ApiProperty({ example: 3 }) version: number;
  @ApiProperty({ example: true }) current: boolean;
  @ApiProperty({ type: Number, nullable: true, example: null, description: 'The version that it brought back' })
  restoredFrom: number | null;
  @ApiProperty({ example: 'key:0198f6f0-9f6e-7cc0-a1b2-6ad0f3c6e1aa', description: 'Who published it' })
  createdBy: string;
  @Instant() createdAt: string;
}

class ChangeView {
  @ApiProperty({ example: 'translations.de.html', description: 'What has changed' }) path: string;
  @ApiProperty({
    example: '@@ -1,1 +1,1 @@\n-<p>Hello</p>\n+<p>Hello {{ name }}</p>',
    description: 'By lines, in the unified format; what is no text is compared as JSON',
  })
  diff: string;
}

export class DiffView {
  @ApiProperty({ example: 2 }) from: number;
  @ApiProperty({ example: 3 }) to: number;
  @ApiProperty({ type: [ChangeView] }) changes: readonly ChangeView[];
}
