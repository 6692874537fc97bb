/** Request and response shapes of the guard against SMS pumping. */
import { ApiProperty } from '@nestjs/swagger';
import { PUMPING_REASONS, type AlarmRow, type AllowedRange, type PumpingReason } from '../consent/index.js';
import { Flag, Id, Instant, Int, iso, Nested, OneOf, PageQuery, Text } from '../kernel/index.js';
import { NoticeTargetsBody } from '../notices/index.js';
import { GUARD_MODES, type GuardMode } from './pumping-guard-config.js';

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
const MODE = '`watch`: whoever is concerned is told; `block`: messages to the range are stopped too';
const PREFIX = { max: 12, example: '+37167' } as const;
/** A calling code at least. */
const RANGE = /^\+[1-9]\d{0,10}$/;

export class PutPumpingGuardBody {
  @OneOf(GUARD_MODES, { nullable: true, example: 'block', description: `${MODE}; null for the platform’s mode` })
  mode: GuardMode | null;

  @Nested(() => NoticeTargetsBody, {
    required: false,
    nullable: true,
    example: { emails: ['security@example.com'] },
    description: 'Who is told of alarms; the operator’s targets alone when absent',
  })
  notify?: NoticeTargetsBody | null;
}

export class PumpingGuardView {
  @OneOf(GUARD_MODES, { description: `${MODE}. What counts` }) mode: GuardMode;
  @OneOf(GUARD_MODES, { nullable: true, description: 'The tenant’s own; null for the platform’s mode' })
  ownMode: GuardMode | null;
  @Flag({ description: 'Put by the admin key, which alone changes it' }) byAdmin: boolean;
  @Int({ ...COUNT, example: 30, description: 'Fewer new numbers within the minutes are never suspected' })
  leastNumbers: number;
  @Int({ ...COUNT, example: 10, description: 'Minutes that are looked at together' }) minutes: number;
  @ApiProperty({ type: NoticeTargetsBody, description: 'Who is told' }) notify: Required<NoticeTargetsBody>;
}

/** Of an alarm: it stands, or is over. */
export const ALARM_CHOICES = ['open', 'ended'] as const;

export class PumpingAlarmsQuery extends PageQuery {
  @OneOf(ALARM_CHOICES, { required: false, description: 'Only those that are not over, or only those that are' })
  state?: (typeof ALARM_CHOICES)[number];
}

export class LiftPumpingAlarmBody {
  @Text({ required: false, max: 500, example: 'Guests of the Riga show', description: 'Why it was nothing' })
  note?: string;
}

export class PumpingAlarmView {
  @Id() id: string;
  @Id() tenantId: string;
  @Text({ ...PREFIX, description: 'How its numbers begin' }) prefix: string;
  @Text({
    max: 2,
    nullable: true,
    example: 'LV',
    description: 'ISO 3166-1 alpha-2; null for numbers of no single country',
  })
  country: string | null;
  @OneOf(PUMPING_REASONS, {
    description:
      '`adjacent_numbers`: far more in one range than elsewhere in its country; `costly_country`: far more than usual, in a country that is costly',
  })
  reason: PumpingReason;
  @Flag({ description: 'Messages are stopped; else it is only told' }) blocks: boolean;
  @Int({ ...COUNT, example: 42, description: 'Numbers that were never written to before' }) numbers: number;
  @Int({
    ...COUNT,
    example: 51,
    description: 'Messages to them that were accepted, from the minutes before the alarm on',
  })
  messages: number;
  @Int({ ...COUNT, example: 9, description: 'Of those, messages that were stopped for it' }) stopped: number;
  @Int({ ...COUNT, example: 3, description: 'Messages of the tenant’s busiest day in the country within four weeks' })
  usual: number;
  @Int({
    ...COUNT,
    nullable: true,
    example: 190_000,
    description: 'Of one text, in millionths; null where it is not known',
  })
  priceMicros: number | null;
  @Text({ max: 3, nullable: true, example: 'USD', description: 'ISO 4217' }) priceCurrency: string | null;
  @Int({ ...COUNT, nullable: true, example: 7_980_000, description: 'What was not stopped, at that price' })
  letThroughMicros: number | null;
  @Instant() beganAt: string;
  @Instant({ description: 'When it ends, unless it goes on' }) endsAt: string;
  @Instant({ nullable: true }) endedAt: string | null;
  @Text({ max: 100, nullable: true, example: 'rule', description: '`rule`, `admin` or `key:<id>`' })
  endedBy: string | null;
  @Text({ max: 500, nullable: true }) note: string | null;
}

export const alarmView = (row: AlarmRow): PumpingAlarmView => ({
  id: row.id,
  tenantId: row.tenantId,
  prefix: row.prefix,
  country: row.country,
  reason: row.reason,
  blocks: row.blocks,
  numbers: row.numbers,
  messages: row.messages,
  stopped: row.stopped,
  usual: row.usual,
  priceMicros: row.priceMicros,
  priceCurrency: row.priceCurrency,
  letThroughMicros: row.priceMicros === null ? null : row.priceMicros * Math.max(0, row.messages - row.stopped),
  beganAt: iso(row.beganAt),
  endsAt: iso(row.endsAt),
  endedAt: iso(row.endedAt),
  endedBy: row.endedBy,
  note: row.note,
});

export class AllowRangeBody {
  @Text({
    ...PREFIX,
    pattern: RANGE,
    meaning: 'a plus and how the numbers begin, up to eleven digits, such as +37167',
    description: 'How its numbers begin, as E.164',
  })
  prefix: string;

  @Text({ required: false, max: 500, example: 'Our guests of the Riga show' }) note?: string;
}

export class AllowedRangeView {
  @Id() id: string;
  @Text({ ...PREFIX }) prefix: string;
  @Text({ max: 500, nullable: true }) note: string | null;
  @Text({ max: 100, example: 'admin', description: '`admin` or `key:<id>`' }) createdBy: string;
  @Instant() createdAt: string;
}

export class AllowedRangesView {
  @ApiProperty({ type: [AllowedRangeView], description: 'By their starts' }) items: AllowedRangeView[];
}

export const rangeView = ({ createdAt, ...range }: AllowedRange): AllowedRangeView => ({
  ...range,
  createdAt: iso(createdAt),
});
