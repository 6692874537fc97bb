/** Request and response shapes of the reconciliation routes. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Flag, Id, iso, OneOf, PageQuery, Text } from '../../kernel/index.js';
import { CHANNELS, PROVIDERS, type Channel, type ProviderName } from '../../tenants/index.js';
import { DIFFERENCES, type DifferenceKind, type Said, type Totals } from './comparison.rules.js';
import {
  STATES,
  type DifferenceRow,
  type ReconciliationRow,
  type ReconciliationState,
} from './reconciliation-store.js';

const DAY = {
  max: 10,
  pattern: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  meaning: 'a day such as 2026-11-28',
  example: '2026-11-28',
};
const SAID = { type: Object, nullable: true, description: 'What differs; never an address' } as const;

export class ReconciliationBody {
  @OneOf(PROVIDERS)
  provider: ProviderName;

  @Id({ required: false, description: 'The platform’s account when absent' })
  providerAccountId?: string;

  @Text({ ...DAY, description: 'In UTC; it must be over' })
  day: string;

  @Flag({
    required: false,
    default: false,
    description: 'Compare each message also where the totals agree, if the provider has a list',
  })
  everyMessage: boolean = false;
}

export class ReconciliationsQuery extends PageQuery {
  @Text({ required: false, ...DAY })
  day?: string;

  @OneOf(PROVIDERS, { required: false })
  provider?: ProviderName;

  @OneOf(STATES, { required: false })
  state?: ReconciliationState;
}

export class DifferencesQuery extends PageQuery {
  @Id({ description: 'Of which reconciliation' })
  reconciliation: string;

  @OneOf(DIFFERENCES, { required: false })
  kind?: DifferenceKind;
}

export class ReconciliationRequested {
  @ApiProperty({ format: 'uuid', description: 'Of one that has not finished yet, if there is one for the same day' })
  id: string;
}

class PriceView {
  @ApiProperty({ type: 'integer', format: 'int64' }) micros: number;
  @ApiProperty({ example: 'USD' }) currency: string;
}

class SideView {
  @ApiProperty({ example: 1042, description: 'Messages, or calls, that the provider took' }) messages: number;
  @ApiPropertyOptional({ example: 1310, description: 'Of SMS' }) segments?: number;
  @ApiPropertyOptional({ example: 1020 }) delivered?: number;
  @ApiPropertyOptional({ example: 12 }) bounced?: number;
  @ApiPropertyOptional({ example: 1 }) complained?: number;
  @ApiPropertyOptional({ type: PriceView }) price?: PriceView;
}

export class ChannelTotalsView {
  @ApiProperty({ enum: CHANNELS }) channel: Channel;
  @ApiPropertyOptional({ enum: ['inbound'], description: 'Of what people wrote to us' }) direction?: 'inbound';
  @ApiProperty({ type: SideView }) ours: Totals;
  @ApiProperty({ type: SideView }) theirs: Totals;
}

export class ReconciliationView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: PROVIDERS }) provider: ProviderName;
  @ApiProperty({ format: 'uuid' }) providerAccountId: string;
  @ApiProperty({ example: '2026-11-28', description: 'In UTC' }) day: string;
  @ApiProperty() everyMessage: boolean;
  @ApiProperty({ example: 'schedule', description: '`schedule`, or who asked for it' }) requestedBy: string;
  @ApiProperty({ enum: STATES }) state: ReconciliationState;
  @ApiProperty({ type: String, nullable: true, description: 'Why it failed' }) reason: string | null;
  @ApiProperty({ type: [ChannelTotalsView], description: 'By channel, once it is done' })
  totals: readonly ChannelTotalsView[];
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Records of the provider that were compared; null where totals sufficed, or are all that there is',
  })
  records: number | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { missing_there: 1, price_differs: 2 },
    description: 'How many differences of each kind; none: both sides agree',
  })
  differences: Readonly<Partial<Record<DifferenceKind, number>>>;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finishedAt: string | null;
}

export class DifferenceView {
  @ApiProperty({ enum: DIFFERENCES }) kind: DifferenceKind;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) messageId: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Whose message it is' })
  tenantId: string | null;
  @ApiProperty({ type: String, nullable: true }) providerMessageId: string | null;
  @ApiProperty(SAID) ours: Said | null;
  @ApiProperty(SAID) theirs: Said | null;
}

export const reconciliationView = (row: ReconciliationRow): ReconciliationView => ({
  id: row.id,
  provider: row.provider,
  providerAccountId: row.provider_account_id,
  day: row.day,
  everyMessage: row.every_message,
  requestedBy: row.requested_by,
  state: row.state,
  reason: row.reason,
  totals: row.totals,
  records: row.records,
  differences: row.counts,
  createdAt: iso(row.created_at),
  finishedAt: iso(row.finished_at),
});

export const differenceView = ({ id: _id, ...view }: DifferenceRow): DifferenceView => view;
