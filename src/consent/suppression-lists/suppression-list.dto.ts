/** Request and response shapes of lists of suppressed addresses. */
import { ApiProperty } from '@nestjs/swagger';
import { Int, OneOf, Text, type StreamedContent } from '../../kernel/index.js';
import { AddressColumnsQuery, DATE_ORDERS, type DateOrder } from '../../lists/index.js';
import { CHANNELS, type Channel } from '../../tenants/index.js';
import { LASTING_REASONS, SUPPRESSION_REASONS, type LastingReason, type SuppressionReason } from '../consent.rules.js';
import { ListAnswer } from '../lists/consent-list.dto.js';
import { DECISION_CHANNELS } from '../lists/decision-columns.js';

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export const SUPPRESSION_LIST_BODY: StreamedContent = {
  limit: 1_000_000_000,
  content: {
    'text/csv': {
      schema: { type: 'string', description: 'The first line names the columns' },
      example: 'address,channel,reason\nana@example.com,email,hard_bounce\n+491713920001,sms,invalid_address\n',
    },
    'text/tab-separated-values': {
      schema: { type: 'string' },
      example: 'email\treason\nana@example.com\tspam report\n',
    },
  },
};

/** What holds for all rows that do not say otherwise. */
export class SuppressionListQuery extends AddressColumnsQuery {
  @OneOf(CHANNELS, {
    required: false,
    description: 'Of rows that name none. Where absent: `email` for an email address, `sms` for a number',
  })
  channel?: Channel;

  @OneOf(LASTING_REASONS, { required: false, description: 'Of rows that do not say' })
  reason?: LastingReason;

  @OneOf(DATE_ORDERS, { required: false, description: 'Of dates such as 05/01/2026, which can be read both ways' })
  dateOrder?: DateOrder;
}

export class SuppressionListView extends ListAnswer {
  @Int({ ...COUNT, example: 1000, description: 'Addresses that are suppressed now, and were not, or for less long' })
  imported: number;
  @Int({ ...COUNT, example: 38, description: 'Addresses that were suppressed already, or are no more' })
  unchanged: number;
}

export class PreviewedSuppression {
  @Int({ ...COUNT, example: 2 }) line: number;
  @OneOf(DECISION_CHANNELS, { example: 'email' }) channel: string;
  @Text({ max: 320, example: 'ana@example.com', description: 'Normalised' }) address: string;
  @OneOf(SUPPRESSION_REASONS) reason: SuppressionReason;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it ends: of `soft_bounce`' })
  expiresAt: string | null;
}

export class SuppressionListPreview extends ListAnswer {
  @Int({ ...COUNT, example: 1038, description: 'Addresses that the list would suppress, known ones too' })
  addresses: number;
  @ApiProperty({ type: [PreviewedSuppression], description: 'The first 10' }) suppressions: PreviewedSuppression[];
}

/** Without the page: the list as a whole. */
export class SuppressionExportQuery {
  @OneOf(CHANNELS, { required: false, description: 'Only this channel; MMS counts as SMS' }) channel?: Channel;
}
