/** Request and response of the routes of the ledger's months. */
import { ApiProperty } from '@nestjs/swagger';
import { Int } from '../kernel/index.js';

/** As many as a worker keeps ready. */
const AHEAD = 3;
const MOST = 12;

export class EnsureMonthsBody {
  @Int({ required: false, min: 1, max: MOST, default: AHEAD, description: 'Months after this one' })
  ahead: number = AHEAD;
}

export class LedgerMonthView {
  @ApiProperty({ example: '2026-11', description: 'In UTC' }) month: string;
  @ApiProperty({ description: 'Both messages and their events have a partition' }) isComplete: boolean;
  @ApiProperty({ type: Number, nullable: true, example: 1_204_331, description: 'As PostgreSQL last estimated them' })
  messages: number | null;
  @ApiProperty({ example: 912_680_960, description: 'Tables and indexes' }) bytes: number;
}
