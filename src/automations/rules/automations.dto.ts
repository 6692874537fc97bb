/** Request and response shapes of the automation routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Id, Instant, Nested, PageQuery, Text } from '../../kernel/index.js';
import { TEMPLATE_KEY } from '../../templates/index.js';
import { VenueRef } from '../../tenants/index.js';
import { DefinitionBody } from './definition.dto.js';

/** What can be replaced. */
class AutomationFields {
  @Text({ max: 200, example: 'Order confirmation' })
  name: string;

  @VenueRef({ required: false, description: 'Only for events of this venue; of all venues when absent' })
  venueId?: string;

  @Flag({ required: false, default: true, description: 'Whether events start it; what runs goes on' })
  enabled?: boolean;

  @Nested(() => DefinitionBody)
  definition: DefinitionBody;
}

export class CreateAutomationBody extends AutomationFields {
  @Text({ max: 100, ...TEMPLATE_KEY, example: 'order-confirmation' })
  key: string;
}

/** A new version, where the definition differs. */
export class ReplaceAutomationBody extends AutomationFields {}

export class PatchAutomationBody {
  @Flag({ description: 'Whether events start it; what runs goes on' })
  enabled: boolean;
}

export class ListAutomationsQuery extends PageQuery {}

export class AutomationView {
  @Id() id: string;
  @Text({ max: 100, example: 'order-confirmation' }) key: string;
  @Text({ max: 200, example: 'Order confirmation' }) name: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: events of all venues start it' })
  venueId: string | null;
  @Flag() enabled: boolean;
  @ApiProperty({ example: 1, description: 'Runs go on by the version that they began with' }) version: number;
  @ApiProperty({ type: DefinitionBody }) definition: DefinitionBody;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}
