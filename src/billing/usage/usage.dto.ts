/** Response shapes of the usage routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Instant, Text } from '../../kernel/index.js';
import { MONTH } from '../month.js';
import { CATEGORIES, CHANNELS, type Category, type Channel } from '../../tenants/index.js';

export class UsageQuery {
  @Text({
    required: false,
    max: 7,
    pattern: MONTH,
    meaning: 'a month such as 2026-11',
    example: '2026-11',
    description: 'This month in the tenant’s time zone when absent',
  })
  month?: string;
}

export class RebuildUsageQuery {
  @Text({
    max: 7,
    pattern: MONTH,
    meaning: 'a month such as 2026-11',
    example: '2026-11',
  })
  month: string;
}

class WrongSums {
  @ApiProperty({ example: 0, description: 'Of counts' }) usage: number;
  @ApiProperty({ example: 0, description: 'Of costs and charges' }) amounts: number;
  @ApiProperty({ example: 0, description: 'Of what months have used of budgets' }) budgets: number;
}

export class RebuiltView {
  @ApiProperty({ example: '2026-11' }) month: string;
  @ApiProperty({ type: WrongSums, description: 'Sums that differed from their facts, and are right now' })
  corrected: WrongSums;
}

class UsageCounts {
  @ApiProperty({ example: 1042, description: 'Messages that a provider took' }) messages: number;
  @ApiProperty({ example: 1310, description: 'SMS segments of those messages; 1 per message on other channels' })
  segments: number;
  @ApiProperty({ example: 1020 }) delivered: number;
  @ApiProperty({ example: 12, description: 'Refused or undelivered' }) failed: number;
  @ApiProperty({ example: 10, description: 'Stopped by consent, suppression, expiry or cancellation: not billed' })
  stopped: number;
  @ApiProperty({ example: 31, description: 'Messages that people wrote to numbers of the tenant' }) received: number;
  @ApiProperty({ example: 33, description: 'SMS segments of those; 1 per message on other channels' })
  receivedSegments: number;
}

export class UsageLine extends UsageCounts {
  @ApiProperty({ enum: CHANNELS }) channel: Channel;
  @ApiProperty({ enum: CATEGORIES }) category: Category;
  @ApiProperty({ example: 'ses' }) provider: string;
}

export class UsageDay extends UsageLine {
  @ApiProperty({ example: '2026-11-21', description: 'A day in the tenant’s time zone' }) day: string;
}

export class UsageView {
  @ApiProperty({ example: '2026-11' }) month: string;
  @ApiProperty({ example: 'Europe/Berlin', description: 'Decides where days and months begin' }) timezone: string;
  @Instant({ description: 'When the facts were last added up; those of the second before may still be missing' })
  asOf: string;
  @ApiProperty({ type: UsageCounts }) total: UsageCounts;
  @ApiProperty({ type: [UsageLine], description: 'By channel, category and provider' }) lines: UsageLine[];
  @ApiProperty({ type: [UsageDay] }) days: UsageDay[];
}
