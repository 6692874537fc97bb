/** Response shapes of what has no price. */
import { ApiProperty } from '@nestjs/swagger';
import { PRICED_CHANNELS, type PricedChannel } from '../prices/price-line.js';
import { UNKNOWN_REASONS, type UnknownReason } from '../prices/quote.rules.js';

export class UnpricedLine {
  @ApiProperty({ enum: ['cost', 'charge'], description: 'What is not known' }) side: 'cost' | 'charge';
  @ApiProperty({ enum: UNKNOWN_REASONS, description: 'Why, when it was last priced' }) reason: UnknownReason;
  @ApiProperty({ enum: PRICED_CHANNELS }) channel: PricedChannel;
  @ApiProperty({ example: 'twilio' }) provider: string;
  @ApiProperty({ type: String, nullable: true, example: 'CH' }) country: string | null;
  @ApiProperty({ example: 1042, description: 'Messages, or months of numbers' }) amounts: number;
  @ApiProperty({ example: 3, description: 'Whose they are' }) tenants: number;
  @ApiProperty({ example: '2026-11-02', description: 'Of the first of them' }) firstDay: string;
  @ApiProperty({ example: '2026-11-29', description: 'Of the last' }) lastDay: string;
}
