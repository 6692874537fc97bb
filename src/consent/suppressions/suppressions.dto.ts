/** Request and response shapes of the suppression routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Instant, OneOf, PageQuery, Text } from '../../kernel/index.js';
import { CHANNELS, type Channel } from '../../tenants/index.js';
import { Contacts, Evidence } from '../consent.fields.js';
import { LASTING_REASONS, SUPPRESSION_REASONS, type LastingReason, type SuppressionReason } from '../consent.rules.js';

const REASON = {
  example: 'manual',
  description:
    '`manual`: you decided so. `invalid_address`: it does not exist. `hard_bounce`, `complaint`: another provider’s list has it',
};

export class SuppressionsQuery extends PageQuery {
  @OneOf(CHANNELS, { required: false, description: 'Only this channel; MMS counts as SMS' })
  channel?: Channel;

  @Text({ required: false, max: 320, example: 'ana@example.com', description: 'Only this address' })
  address?: string;
}

export class SuppressionPath {
  @OneOf(CHANNELS, { description: 'MMS counts as SMS' })
  channel: Channel;

  @Text({ max: 320, example: 'ana@example.com', description: 'URL-encoded' })
  address: string;
}

export class SuppressedContact {
  @Text({ max: 320, example: 'ana@example.com' })
  address: string;

  @OneOf(LASTING_REASONS, REASON)
  reason: LastingReason;

  @Evidence()
  evidence?: Record<string, unknown>;
}

export class AddSuppressionBody extends SuppressedContact {
  @OneOf(CHANNELS, { example: 'email', description: 'MMS counts as SMS' })
  channel: Channel;
}

export class ImportSuppressionsBody {
  @OneOf(CHANNELS, { example: 'email', description: 'MMS counts as SMS' })
  channel: Channel;

  @Contacts(() => SuppressedContact)
  contacts: unknown[];
}

export class SuppressionView {
  @OneOf(CHANNELS) channel: string;
  @Text({ max: 320, example: 'ana@example.com' }) address: string;
  @OneOf(SUPPRESSION_REASONS, {
    description: 'The first that was given. `soft_bounce`: it took nothing for days; stops marketing, for a time',
  })
  reason: SuppressionReason;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, description: 'What proves it' })
  evidence: Record<string, unknown> | null;
  @Text({ max: 100, example: 'provider', description: 'Who said so: `admin`, `key:<id>` or `provider`' })
  actor: string;
  @Instant() createdAt: string;
  @Instant({ nullable: true, description: 'When it ends by itself: after soft bounces' }) expiresAt: string | null;
}
