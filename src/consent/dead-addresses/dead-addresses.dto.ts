/** Request and response shapes of the platform's list of dead addresses. */
import { ApiProperty } from '@nestjs/swagger';
import { Instant, iso, OneOf, PageQuery, Text } from '../../kernel/index.js';
import { CHANNELS, type Channel } from '../../tenants/index.js';
import type { DeadAddressRow } from './dead-addresses.js';

const DEAD_REASONS = ['hard_bounce', 'invalid_address'] as const;

export class DeadAddressesQuery extends PageQuery {
  @OneOf(CHANNELS, { required: false, description: 'Only this channel; MMS counts as SMS' }) channel?: Channel;

  @Text({ required: false, max: 320, example: 'ana@example.com', description: 'Only this address' })
  address?: string;
}

export class DeadAddressPath {
  @OneOf(CHANNELS, { description: 'MMS counts as SMS' }) channel: Channel;

  @Text({ max: 320, example: 'ana@example.com', description: 'URL-encoded; a number with its country code' })
  address: string;
}

export class DeadAddressView {
  @OneOf(CHANNELS, { example: 'email' }) channel: string;
  @Text({ max: 320, example: 'ana@example.com' }) address: string;
  @OneOf(DEAD_REASONS) reason: (typeof DEAD_REASONS)[number];
  @ApiProperty({ type: String, nullable: true, example: 'Permanent/General', description: 'The provider’s own code' })
  code: string | null;
  @Instant({ description: 'When it was last reported; holds for 90 days' }) provenAt: string;
}

export const deadAddressView = ({ provenAt, ...row }: DeadAddressRow): DeadAddressView => ({
  ...row,
  provenAt: iso(provenAt),
});
