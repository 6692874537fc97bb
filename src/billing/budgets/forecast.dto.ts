/** What messages would be charged, as an estimate shows it. */
import { ApiProperty } from '@nestjs/swagger';
import { OneOf } from '../../kernel/index.js';
import { CHANNELS, type Channel } from '../../tenants/index.js';
import { MEASURES, type Measure } from './budget.rules.js';

const MICROS = { type: 'integer', format: 'int64' } as const;

class ChargeTotal {
  @ApiProperty({
    ...MICROS,
    nullable: true,
    example: 11_616_000,
    description: 'Of the messages whose price is known; null if that is none of them',
  })
  micros: number | null;
  @ApiProperty({ example: 0, description: 'Messages without a known price' }) unpriced: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: {},
    description:
      'Why, adding up to `unpriced`: as in a quote, or `by_length` for calls that are priced by their length',
  })
  unpricedBy: Record<string, number>;
}

export class ChargeSumView extends ChargeTotal {
  @ApiProperty({ example: 960 }) messages: number;
}

export class ChargeCountryView extends ChargeSumView {
  @ApiProperty({ type: String, nullable: true, example: 'DE', description: 'Of the numbers' }) country: string | null;
}

export class ChargeChannelView extends ChargeSumView {
  @OneOf(CHANNELS, { example: 'sms' }) channel: Channel;
  @ApiProperty({
    type: [ChargeCountryView],
    description: 'Largest first; none for email, which costs the same everywhere',
  })
  byCountry: ChargeCountryView[];
}

export class BudgetRoomView {
  @OneOf(['campaign', 'tenant'], {
    example: 'tenant',
    description: 'The campaign’s own, or the tenant’s for the month',
  })
  of: 'campaign' | 'tenant';
  @OneOf(MEASURES, { example: 'money' }) measure: Measure;
  @ApiProperty({ type: String, nullable: true, example: 'USD' }) currency: string | null;
  @ApiProperty({ ...MICROS, example: 25_000_000, description: 'Messages, or micros; below zero if it is overdrawn' })
  left: number;
  @ApiProperty({
    ...MICROS,
    nullable: true,
    example: 11_616_000,
    description: 'By those whose price is known; null if that is none of them',
  })
  needed: number | null;
  @ApiProperty({
    type: Boolean,
    nullable: true,
    example: true,
    description: 'Null where prices that are not known decide',
  })
  fits: boolean | null;
}

export class ChargeForecastView extends ChargeTotal {
  @ApiProperty({ type: String, nullable: true, example: 'USD', description: 'Null if the plan has no prices' })
  currency: string | null;
  @ApiProperty({ type: [ChargeChannelView], description: 'By channel and country, largest first' })
  byChannel: ChargeChannelView[];
  @ApiProperty({ type: [BudgetRoomView], description: 'The hard budgets that it must fit into' })
  budgets: BudgetRoomView[];
}
