/** Request and response shapes of variants and their tests. */
import { ApiProperty } from '@nestjs/swagger';
import { Instant, Int, OneOf, Text } from '../../kernel/index.js';
import { METRICS, REASONS, type Metric, type Reason } from './winner.rules.js';

export class CampaignVariantBody {
  @Text({ max: 100, example: 'spring-opening-b' })
  templateKey: string;

  @Int({
    required: false,
    min: 1,
    max: 1_000,
    default: 1,
    example: 50,
    description: 'In proportion to those of the others',
  })
  share?: number;
}

export class CampaignTestBody {
  @Int({ min: 1, max: 90, example: 20, description: 'How many of the recipients the variants are tried on' })
  sharePercent: number;

  @Int({
    min: 5,
    max: 10_080,
    example: 240,
    description: 'From when the last of them was sent to, until the winner is decided',
  })
  durationMinutes: number;

  @OneOf(METRICS, {
    required: false,
    default: 'clicks',
    description: 'Of those that were delivered, by people, each once; `none`: by hand, else the first',
  })
  metric?: Metric;

  @Int({
    required: false,
    min: 1,
    max: 1_000_000,
    default: 100,
    description: 'Delivered messages of each variant; with fewer the first goes to the rest',
  })
  minimum?: number;
}

export class DecideWinnerBody {
  @Text({ max: 100, example: 'spring-opening-b', description: 'Of the variant that goes to the rest' })
  templateKey: string;
}

export class CampaignVariantView {
  @Text({ max: 100, example: 'spring-opening-b' }) templateKey: string;
  @ApiProperty({ type: Number, nullable: true, example: 3, description: 'Fixed at launch' })
  templateVersion: number | null;
  @ApiProperty({ example: 50, description: 'In proportion to those of the others' }) share: number;
  @ApiProperty({ example: 1_000, description: 'By providers; all figures are up to two seconds old' }) sent: number;
  @ApiProperty({ example: 970 }) delivered: number;
  @ApiProperty({ example: 400, description: 'By people, each message once' }) opened: number;
  @ApiProperty({ example: 61, description: 'By people, each message once' }) clicked: number;
}

export class CampaignTestView {
  @ApiProperty({ example: 20 }) sharePercent: number;
  @ApiProperty({ example: 240 }) durationMinutes: number;
  @OneOf(METRICS, { example: 'clicks' }) metric: Metric;
  @ApiProperty({ example: 100 }) minimum: number;
  @Instant({
    nullable: true,
    description: 'When the winner is to be decided; null until the last of the group was sent to',
  })
  decidesAt: string | null;
  @Text({ max: 100, nullable: true, example: 'spring-opening-b', description: 'What goes to the rest' })
  winner: string | null;
  @OneOf(REASONS, {
    nullable: true,
    description:
      'What decided: the metric, or that the best were level (`tie`), a variant had too few delivered (`too_few`), nothing is measured (`no_metric`), the campaign’s time was over (`expired`), or somebody (`by_hand`)',
  })
  reason: Reason | null;
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 95,
    description:
      '100 less the chance, in percent, of so large a difference between texts that are alike; below 95 it may well be one. Null where that cannot be said',
  })
  confidencePercent: number | null;
  @Instant({ nullable: true }) decidedAt: string | null;
  @Text({ max: 100, nullable: true, description: 'Who decided by hand' }) decidedBy: string | null;
}
