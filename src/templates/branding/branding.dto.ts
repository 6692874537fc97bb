/** Request and response shapes of the branding. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Instant } from '../../kernel/index.js';
import { BrandVariables, type Brand } from './branding.fields.js';

export class PutBrandingBody {
  @BrandVariables()
  variables: Brand;

  @Flag({
    required: false,
    default: false,
    description: 'Publish a new version of every template that uses another branding',
  })
  republish?: boolean;
}

export class BrandingView {
  @BrandVariables() variables: Brand;
  @Instant({ nullable: true, description: 'Null while there is none' }) updatedAt: string | null;
  @ApiProperty({
    type: [String],
    example: ['order-confirmation'],
    description: 'Templates whose current version has the branding as it was before',
  })
  outdated: readonly string[];
}
