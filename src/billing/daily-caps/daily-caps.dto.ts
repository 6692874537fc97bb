/** Request and response shapes of the routes of daily caps. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Instant, Int, iso, Nested, OneOf, Text } from '../../kernel/index.js';
import { NoticeTargetsBody } from '../../notices/index.js';
import { CAPPED_CATEGORIES, type CappedCategory } from './daily-cap.rules.js';
import type { CapRow } from './daily-cap-store.js';

/** As consent names them. */
export const CAPPED_CHANNELS = ['email', 'sms', 'whatsapp', 'voice'] as const;
type CappedChannel = (typeof CAPPED_CHANNELS)[number];

const LIMIT = { min: 0, max: 2_147_483_647, nullable: true, example: 5_000 } as const;

export class PutDailyCapBody {
  @OneOf(CAPPED_CHANNELS, { description: '`sms` is for MMS too' }) channel: CappedChannel;

  @OneOf(CAPPED_CATEGORIES, { description: 'Emergencies have no cap' }) category: CappedCategory;

  @Int({ ...LIMIT, description: 'Messages a day; 0 for none, null for no cap' }) limit: number | null;

  @Nested(() => NoticeTargetsBody, {
    required: false,
    nullable: true,
    example: { emails: ['events@example.com'] },
    description: 'Who is told on a day on which messages wait; the operator’s targets alone when absent',
  })
  notify?: NoticeTargetsBody | null;
}

export class DailyCapView {
  @OneOf(CAPPED_CHANNELS) channel: CappedChannel;
  @OneOf(CAPPED_CATEGORIES) category: CappedCategory;
  @Int({ ...LIMIT }) limit: number | null;
  @Text({ max: 10, example: '2026-11-30', description: 'The tenant’s present day, in its time zone' }) day: string;
  @Int({ min: 0, max: 2_147_483_647, example: 1_204, description: 'Messages that count on that day' }) used: number;
  @Instant({ nullable: true, description: 'Since when messages wait for it' }) stoppedAt: string | null;
  @Flag({ description: 'Put by the admin key, which alone changes it' }) byAdmin: boolean;
  @ApiProperty({ type: NoticeTargetsBody, description: 'Who is told' }) notify: Required<NoticeTargetsBody>;
}

export class DailyCapsView {
  @ApiProperty({ type: [DailyCapView], description: 'At most one for each channel and category' })
  items: DailyCapView[];
}

export const dailyCapView = (row: CapRow): DailyCapView => ({
  channel: row.channel as CappedChannel,
  category: row.category,
  limit: row.messages,
  day: row.today,
  used: row.used,
  stoppedAt: iso(row.stopped_at),
  byAdmin: row.by_admin,
  notify: { emails: [...row.notify_emails], url: row.notify_url, language: row.notify_language },
});
