/** Request and response shapes of scheduled reports. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Id, Instant, Int, iso, Nested, OneOf, Text, TextList } from '../../kernel/index.js';
import { DIRECTIONS, MESSAGE_TYPES, type Direction, type MessageType } from '../../billing/index.js';
import { LANGUAGES, LetterLanguage, Mailboxes, type Language } from '../../notices/index.js';
import {
  CATEGORIES,
  CHANNELS,
  PROVIDERS,
  type Category,
  type Channel,
  type ProviderName,
} from '../../tenants/index.js';
import { DIMENSIONS, type DimensionName } from '../report-dimensions.js';
import { NOT_ARRIVED } from '../report-sums.js';
import { REPORT_NAMES, type ReportName } from '../report.js';
import type { ScheduleRow } from './schedule-store.js';
import { INTERVALS, PERIODS, type Interval, type SchedulePeriod } from './schedule.rules.js';

const NAMES = Object.keys(DIMENSIONS);
const MOST_EMAILS = 20;

const ON = {
  min: 1,
  max: 28,
  example: 1,
  description: 'Every week: the weekday, from 1 for Monday to 7. Every month: the day. Every day: 1',
} as const;
const HOUR = { min: 0, max: 23, example: 8, description: 'In the tenant’s time zone' } as const;
const BY = {
  example: ['day'],
  description: 'What it is broken down by, as in its route; as there when absent',
} as const;
const PERIOD = { example: 'last_7_days', description: 'Seen from the day on which it is due' } as const;

/** As the routes of the reports take them: each has its own among these. */
export class ScheduledFilter {
  @Text({ required: false, max: 200, description: 'A venue’s id, or its `externalId`' }) venueId?: string;
  @Id({ required: false }) campaignId?: string;
  @Text({ required: false, max: 100, example: 'order-confirmation' }) templateKey?: string;
  @OneOf(CHANNELS, { required: false }) channel?: Channel;
  @OneOf(CATEGORIES, { required: false }) category?: Category;
  @OneOf(MESSAGE_TYPES, { required: false }) type?: MessageType;
  @OneOf(DIRECTIONS, { required: false }) direction?: Direction;
  @OneOf(PROVIDERS, { required: false }) provider?: ProviderName;
  @Text({ required: false, max: 2, example: 'DE' }) country?: string;
  @OneOf(NOT_ARRIVED, { required: false }) kind?: (typeof NOT_ARRIVED)[number];
  @Text({ required: false, max: 60, example: 'opted_out_at_provider' }) reason?: string;
  @Text({ required: false, max: 60, example: '30003' }) code?: string;
}

export class CreateReportScheduleBody {
  @OneOf(REPORT_NAMES, { example: 'delivery' }) report: ReportName;
  @TextList({ required: false, min: 1, max: NAMES.length, of: NAMES, ...BY }) by?: DimensionName[];
  @Nested(() => ScheduledFilter, { required: false, example: { channel: 'sms' } }) filter?: ScheduledFilter;
  @OneOf(PERIODS, PERIOD) period: SchedulePeriod;
  @OneOf(INTERVALS, { example: 'week' }) every: Interval;
  @Int({ required: false, default: 1, ...ON }) on: number = 1;
  @Int(HOUR) hour: number;
  @Mailboxes({ min: 1, max: MOST_EMAILS, description: 'Who is written to' }) to: string[];
  @LetterLanguage() language: Language = 'en';
  @Flag({ required: false, default: true }) enabled: boolean = true;
}

export class UpdateReportScheduleBody {
  @OneOf(REPORT_NAMES, { required: false }) report?: ReportName;
  @TextList({ required: false, min: 1, max: NAMES.length, of: NAMES, ...BY }) by?: DimensionName[];
  @Nested(() => ScheduledFilter, { required: false, description: 'In place of the one before' })
  filter?: ScheduledFilter;
  @OneOf(PERIODS, { required: false, ...PERIOD }) period?: SchedulePeriod;
  @OneOf(INTERVALS, { required: false }) every?: Interval;
  @Int({ required: false, ...ON }) on?: number;
  @Int({ required: false, ...HOUR }) hour?: number;
  @Mailboxes({ required: false, min: 1, max: MOST_EMAILS }) to?: string[];
  @OneOf(LANGUAGES, { required: false }) language?: Language;
  @Flag({ required: false, example: false }) enabled?: boolean;
}

export class ReportScheduleView {
  @Id() id: string;
  @OneOf(REPORT_NAMES, { example: 'delivery' }) report: ReportName;
  @ApiProperty({ enum: NAMES, isArray: true, example: ['day'] }) by: DimensionName[];
  @ApiProperty({ type: ScheduledFilter }) filter: ScheduledFilter;
  @OneOf(PERIODS, PERIOD) period: SchedulePeriod;
  @OneOf(INTERVALS, { example: 'week' }) every: Interval;
  @Int(ON) on: number;
  @Int(HOUR) hour: number;
  @ApiProperty({ type: [String], example: ['finance@example.com'] }) to: string[];
  @OneOf(LANGUAGES) language: Language;
  @Flag({ example: true }) enabled: boolean;
  @Instant({ nullable: true, description: 'When it is written next; null while it is disabled' }) dueAt: string | null;
  @Instant({ nullable: true }) lastSentAt: string | null;
  @Instant() createdAt: string;
}

export class TestedReportView {
  @Id({ description: 'The notice that is being delivered: see `GET /api/notices`' }) noticeId: string;
}

export function scheduleView({
  emails,
  by,
  filter,
  dueAt,
  lastSentAt,
  createdAt,
  ...row
}: ScheduleRow): ReportScheduleView {
  const { tenantId: _, ...terms } = row;
  return {
    ...terms,
    by: [...by],
    filter: filter as ScheduledFilter,
    to: [...emails],
    dueAt: iso(dueAt),
    lastSentAt: iso(lastSentAt),
    createdAt: iso(createdAt),
  };
}
