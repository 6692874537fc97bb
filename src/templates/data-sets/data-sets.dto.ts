/** Request and response shapes of test data. */
import { ApiProperty } from '@nestjs/swagger';
import { Instant, JsonObject } from '../../kernel/index.js';
import { EXAMPLE_DATA } from '../templates.examples.js';

export class PutDataSetBody {
  @JsonObject({ description: 'Of people who do not exist', example: EXAMPLE_DATA })
  data: Record<string, unknown>;
}

class DataSetProblem {
  @ApiProperty({ example: 'missing_variables' }) code: string;
  @ApiProperty({ example: 'The data lack `event.name`' }) detail: string;
}

export class DataSetView extends PutDataSetBody {
  @ApiProperty({ example: 'long-name' }) name: string;
  @ApiProperty({
    type: DataSetProblem,
    nullable: true,
    description: 'Why the current version cannot be rendered with these data; null if it can',
  })
  problem: DataSetProblem | null;
  @Instant() updatedAt: string;
}

export class DataSetsView {
  @ApiProperty({ type: [DataSetView] }) items: readonly DataSetView[];
}
