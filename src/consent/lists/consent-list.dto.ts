/** Request and response shapes of lists of decisions. */
import { ApiProperty } from '@nestjs/swagger';
import { Instant, Int, OneOf, PageQuery, Text, type StreamedContent } from '../../kernel/index.js';
import {
  AddressColumnsQuery,
  DATE_ORDERS,
  FAULT_CODES,
  FAULTS,
  ListColumnView,
  type DateOrder,
} from '../../lists/index.js';
import { CHANNELS, type Channel } from '../../tenants/index.js';
import { SOURCE } from '../consent.dto.js';
import { DECISIONS, OPT_OUT_CATEGORIES, type Decision, type OptOutCategory } from '../consent.entity.js';
import { PastInstant } from '../consent.fields.js';
import { DECISION_CHANNELS } from './decision-columns.js';

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export const CONSENT_LIST_BODY: StreamedContent = {
  limit: 1_000_000_000,
  content: {
    'text/csv': {
      schema: { type: 'string', description: 'The first line names the columns' },
      example:
        'address,channel,status,source,occurred_at\n+491713920001,sms,opted_in,box office,2026-01-31T10:30:00Z\nana@example.com,email,opted_out,letter,2026-02-01\n',
    },
    'text/tab-separated-values': {
      schema: { type: 'string' },
      example: 'email\tstatus\tsource\nana@example.com\tno\tletter\n',
    },
  },
};

/** What holds for all rows that do not say otherwise. */
export class ConsentListQuery extends AddressColumnsQuery {
  @OneOf(CHANNELS, {
    required: false,
    description: 'Of rows that name none. Where absent: `email` for an email address, `sms` for a number',
  })
  channel?: Channel;

  @OneOf(DECISIONS, { required: false, description: 'Of rows that do not say' })
  status?: Decision;

  @Text({ ...SOURCE, required: false, description: 'Where people decided it, of rows that do not say' })
  source?: string;

  @PastInstant({ required: false, description: 'When people decided it, of rows that do not say. Opt-ins need a time' })
  occurredAt?: Date;

  @OneOf(DATE_ORDERS, { required: false, description: 'Of dates such as 05/01/2026, which can be read both ways' })
  dateOrder?: DateOrder;
}

export class ConsentListFault {
  @Int({ ...COUNT, example: 17, description: 'The line that the row begins on' }) line: number;
  @OneOf(FAULT_CODES, { example: 'unclear_consent' }) code: string;
  @ApiProperty({ type: String, nullable: true, example: 'status' }) field: string | null;
  @Text({ max: 500, example: FAULTS.unclear_consent }) message: string;
}

/** What is answered of every list. */
export class ListAnswer {
  @Int({ ...COUNT, example: 1042, description: 'The line of the last row' }) lines: number;
  @Int({ ...COUNT, example: 4, description: 'Errors: rows, or addresses of them, that were not taken' })
  rejected: number;
  @ApiProperty({ type: [ListColumnView], description: 'The columns as they were understood' })
  columns: readonly ListColumnView[];
  @ApiProperty({ type: [ConsentListFault], description: 'The first 1,000' }) errors: ConsentListFault[];
}

export class ConsentListView extends ListAnswer {
  @Int({ ...COUNT, example: 1000, description: 'Decisions that changed what holds' }) imported: number;
  @Int({ ...COUNT, example: 38, description: 'Decisions that held already, or have been decided otherwise since' })
  unchanged: number;
}

export class PreviewedDecision {
  @Int({ ...COUNT, example: 2 }) line: number;
  @OneOf(DECISION_CHANNELS, { example: 'sms' }) channel: string;
  @Text({ max: 320, example: '+491713920001', description: 'Normalised' }) address: string;
  @OneOf(DECISIONS) status: Decision;
  @Text({ max: 100, example: 'box office' }) source: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: from the import on' })
  occurredAt: string | null;
}

export class ConsentListPreview extends ListAnswer {
  @Int({ ...COUNT, example: 900, description: 'Decisions that the list would record as opt-ins' }) optedIn: number;
  @Int({ ...COUNT, example: 138, description: 'And as opt-outs' }) optedOut: number;
  @ApiProperty({ type: [PreviewedDecision], description: 'The first 10' }) decisions: PreviewedDecision[];
}

export class ConsentStatesQuery extends PageQuery {
  @OneOf(CHANNELS, { required: false, description: 'Only this channel; MMS counts as SMS' }) channel?: Channel;
  @OneOf(DECISIONS, { required: false, description: 'Only this status' }) status?: Decision;
}

/** Without the page: a list as a whole. */
export class ConsentExportQuery {
  @OneOf(CHANNELS, { required: false, description: 'Only this channel; MMS counts as SMS' }) channel?: Channel;
  @OneOf(DECISIONS, { required: false, description: 'Only this status' }) status?: Decision;
}

export class ConsentStateView {
  @OneOf(DECISION_CHANNELS, { example: 'sms' }) channel: string;
  @Text({ max: 320, example: '+4915112345678' }) address: string;
  @OneOf(DECISIONS) status: Decision;
  @ApiProperty({
    type: String,
    enum: OPT_OUT_CATEGORIES,
    nullable: true,
    example: null,
    description: 'What an opt-out is of alone',
  })
  category: OptOutCategory | null;
  @Text({ max: 100, example: 'checkout' }) source: string;
  @Instant({ description: 'When the person decided it' }) occurredAt: string;
  @Instant({ description: 'When we learned of it' }) updatedAt: string;
}
