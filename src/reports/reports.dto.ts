/** Request and response shapes of the reports. */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, OneOf, PageQuery, Reads, Text, TextList } from '../kernel/index.js';
import { DIRECTIONS, MESSAGE_TYPES, MONTH, type Direction, type MessageType } from '../billing/index.js';
import { CATEGORIES, CHANNELS, PROVIDERS, type Category, type Channel, type ProviderName } from '../tenants/index.js';
import { FAILURE_DIMENSIONS, LATENCY_DIMENSIONS, USAGE_DIMENSIONS, type DimensionName } from './report-dimensions.js';
import { NOT_ARRIVED } from './report-sums.js';
import { REPORTS, type ReportName } from './report.js';

const FORMATS = ['json', 'csv'] as const;
type Format = (typeof FORMATS)[number];

const Day = (description: string): PropertyDecorator =>
  Text({
    required: false,
    max: 10,
    pattern: /^\d{4}-\d{2}-\d{2}$/,
    meaning: 'a day such as 2026-11-29',
    example: '2026-11-29',
    description,
  });

/** Words separated by commas, or a parameter for each. */
const By = (of: readonly DimensionName[], report: ReportName): PropertyDecorator =>
  applyDecorators(
    TextList({
      required: false,
      min: 1,
      max: of.length,
      of,
      example: REPORTS[report].usual,
      description: `What the figures are broken down by, in this order; \`${REPORTS[report].usual.join(',')}\` when absent`,
    }),
    Reads((value) => (typeof value === 'string' ? value.split(',') : value)),
  );

class PeriodQuery extends PageQuery {
  @Day('The first day, in the tenant’s time zone; when absent the first of the month of `until`')
  since?: string;

  @Day('The last day; today when absent')
  until?: string;

  @OneOf(FORMATS, {
    required: false,
    default: 'json',
    description: '`csv` is all lines, whatever `limit` and `cursor` say',
  })
  format: Format = 'json';

  @OneOf(CHANNELS, { required: false }) channel?: Channel;
  @OneOf(PROVIDERS, { required: false }) provider?: ProviderName;
}

export class UsageReportQuery extends PeriodQuery {
  @By(USAGE_DIMENSIONS, 'delivery') by?: (typeof USAGE_DIMENSIONS)[number][];
  @Text({ required: false, max: 200, description: 'A venue’s id, or its `externalId`' }) venueId?: string;
  @Id({ required: false }) campaignId?: string;
  @Text({ required: false, max: 100, example: 'order-confirmation' }) templateKey?: string;
  @OneOf(CATEGORIES, { required: false }) category?: Category;
  @OneOf(MESSAGE_TYPES, { required: false, description: '`BULK` are the messages of campaigns' }) type?: MessageType;
  @Text({ required: false, max: 2, example: 'DE', description: 'Of the person’s number; email has none' })
  country?: string;
  @OneOf(DIRECTIONS, { required: false, description: '`inbound` is what people wrote to the tenant' })
  direction?: Direction;
}

export class FailuresQuery extends PeriodQuery {
  @By(FAILURE_DIMENSIONS, 'failures') by?: (typeof FAILURE_DIMENSIONS)[number][];
  @Id({ required: false }) campaignId?: string;
  @OneOf(NOT_ARRIVED, { required: false }) kind?: (typeof NOT_ARRIVED)[number];
  @Text({ required: false, max: 60, example: 'opted_out_at_provider' }) reason?: string;
  @Text({ required: false, max: 60, example: '30003', description: 'The provider’s own' }) code?: string;
}

export class LatencyQuery extends PeriodQuery {
  @By(LATENCY_DIMENSIONS, 'latency') by?: (typeof LATENCY_DIMENSIONS)[number][];
}

const share = (of: string): PropertyDecorator =>
  ApiProperty({ type: Number, nullable: true, example: 0.9731, description: `${of}, to four places; null of nothing` });
const ms = (percent: number): PropertyDecorator =>
  ApiProperty({
    type: Number,
    nullable: true,
    example: 420,
    description: `${percent} percent took no longer, in ms; within a tenth`,
  });

export class RebuildReportsQuery {
  @Text({ max: 7, pattern: MONTH, meaning: 'a month such as 2026-11', example: '2026-11' }) month: string;
}

class WrongReportSums {
  @ApiProperty({ example: 0, description: 'Of messages that did not arrive' }) failures: number;
  @ApiProperty({ example: 0, description: 'Of times' }) latencies: number;
}

export class RebuiltReportsView {
  @ApiProperty({ example: '2026-11' }) month: string;
  @ApiProperty({ type: WrongReportSums, description: 'Sums that differed from their facts, and are right now' })
  corrected: WrongReportSums;
}

/** A line has those that it is broken down by; null is what has none, such as the campaign of a single message. */
class LineKeys {
  @ApiProperty({ required: false, example: '2026-11-29' }) day?: string;
  @ApiProperty({ required: false, example: '2026-11' }) month?: string;
  @ApiProperty({ type: String, required: false, nullable: true, format: 'uuid' }) campaignId?: string | null;
  @ApiProperty({ type: String, required: false, nullable: true, example: 'Spring news' }) campaignName?: string | null;
  @ApiProperty({ required: false, enum: CHANNELS }) channel?: Channel;
  @ApiProperty({ required: false, example: 'ses' }) provider?: string;
}

class UsageKeys extends LineKeys {
  @ApiProperty({ type: String, required: false, nullable: true, format: 'uuid' }) venueId?: string | null;
  @ApiProperty({ type: String, required: false, nullable: true, example: 'River stage' }) venueName?: string | null;
  @ApiProperty({ type: String, required: false, nullable: true, example: 'order-confirmation' })
  templateKey?: string | null;
  @ApiProperty({ required: false, enum: CATEGORIES }) category?: Category;
  @ApiProperty({ required: false, enum: MESSAGE_TYPES }) type?: MessageType;
  @ApiProperty({ type: String, required: false, nullable: true, example: 'DE' }) country?: string | null;
  @ApiProperty({ required: false, enum: DIRECTIONS }) direction?: Direction;
}

export class DeliveryLine extends UsageKeys {
  @ApiProperty({ example: 1042, description: 'Messages that a provider took' }) messages: number;
  @ApiProperty({ example: 1310 }) segments: number;
  @ApiProperty({ example: 1020 }) delivered: number;
  @ApiProperty({ example: 12, description: 'Refused or undelivered' }) failed: number;
  @ApiProperty({ example: 10, description: 'Stopped before any call' }) stopped: number;
  @share('`delivered` of `messages`') deliveryRate: number | null;
  @share('`failed` of those that were delivered or failed') failureRate: number | null;
}

export class EngagementLine extends UsageKeys {
  @ApiProperty({ example: 1020 }) delivered: number;
  @ApiProperty({ example: 410, description: 'Messages, each once however often it was opened' }) opened: number;
  @ApiProperty({ example: 96 }) clicked: number;
  @ApiProperty({ example: 8 }) answered: number;
  @share('`opened` of `delivered`') openRate: number | null;
  @share('`clicked` of `delivered`') clickRate: number | null;
  @share('`clicked` of `opened`') clickToOpenRate: number | null;
  @share('`answered` of `delivered`') answerRate: number | null;
  @ApiProperty({ example: 12, description: 'Where the channel tells it: WhatsApp, and calls that were acknowledged' })
  read: number;
  @ApiProperty({ example: 2, description: 'After which the person wanted no more of its kind' }) unsubscribed: number;
  @share('`unsubscribed` of `delivered`') unsubscribeRate: number | null;
  @ApiProperty({
    example: 120,
    description: 'By a proxy or a scanner: not among `opened` unless a person opened it too',
  })
  machineOpened: number;
  @ApiProperty({ example: 31, description: 'The same of links' }) machineClicked: number;
}

class AmountView {
  @ApiProperty({ example: 'EUR' }) currency: string;
  @ApiProperty({ example: 8_290_000, description: 'Millionths of the currency' }) micros: number;
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 8127,
    description: 'Of what was sent, for each message that was delivered',
  })
  perDeliveredMicros: number | null;
}

export class CostLine extends UsageKeys {
  @ApiProperty({ example: 1042 }) messages: number;
  @ApiProperty({ example: 1020 }) delivered: number;
  @ApiProperty({ example: 31, description: 'Messages that people wrote to the tenant, which cost too' })
  received: number;
  @ApiProperty({ type: [AmountView], description: 'What the tenant is charged for messages, by currency' })
  charges: AmountView[];
  @ApiProperty({ example: 0, description: 'Messages of which no charge is known' }) withoutCharge: number;
  @ApiProperty({ type: [AmountView], required: false, description: 'What they cost us; with the admin key' })
  costs?: AmountView[];
  @ApiProperty({ required: false, example: 0, description: 'With the admin key' }) withoutCost?: number;
}

export class FailuresLine extends LineKeys {
  @ApiProperty({ required: false, enum: NOT_ARRIVED }) kind?: string;
  @ApiProperty({ type: String, required: false, nullable: true, example: 'recipient_refused' }) reason?: string | null;
  @ApiProperty({ type: String, required: false, nullable: true, example: '30003' }) code?: string | null;
  @ApiProperty({ example: 12 }) messages: number;
}

class Percentiles {
  @ApiProperty({ example: 1042 }) messages: number;
  @ms(50) p50Ms: number | null;
  @ms(90) p90Ms: number | null;
  @ms(95) p95Ms: number | null;
  @ms(99) p99Ms: number | null;
}

export class LatencyLine extends LineKeys {
  @ApiProperty({ type: Percentiles, description: 'From acceptance, or when it was due, until a provider took it' })
  toProvider: Percentiles;
  @ApiProperty({ type: Percentiles, description: 'From then until it was delivered' }) toDelivery: Percentiles;
}

/** What every report says of itself. */
export class ReportFrame {
  @ApiProperty({ example: '2026-11-01' }) since: string;
  @ApiProperty({ example: '2026-11-29' }) until: string;
  @ApiProperty({ example: 'Europe/Berlin', description: 'Decides where days begin' }) timezone: string;
  @Instant({ description: 'When the figures were last added up; those of the second before may still be missing' })
  asOf: string;
  @ApiProperty({ type: [String], example: ['day', 'campaign'] }) by: string[];
  @ApiProperty({ type: String, nullable: true, description: 'Pass as `cursor` for the next page; null at the end' })
  nextCursor: string | null;
}
