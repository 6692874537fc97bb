/** Request and response shapes of senders' health. */
import { ApiProperty } from '@nestjs/swagger';
import { PAUSE_REASONS, type PauseReason, type PauseRow } from '../consent/index.js';
import { Id, Instant, Int, iso, OneOf, PageQuery, Text } from '../kernel/index.js';
import { NoticeTargetsBody } from '../notices/index.js';
import { CHANNELS } from '../tenants/index.js';
import { RESUMPTIONS, type Resumption } from './sender-health-config.js';

/** Of a pause: marketing waits, or goes on. */
export const PAUSE_STATES = ['paused', 'resumed'] as const;
export type PauseState = (typeof PAUSE_STATES)[number];

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

const Share = (description: string): PropertyDecorator => ApiProperty({ type: Number, example: 0.0125, description });

export class SenderHealthView {
  @OneOf(CHANNELS, { example: 'email' }) channel: string;
  @Text({ max: 320, example: 'news@venue.example' }) address: string;
  @Instant({ description: 'Messages count that were sent after this: a sender that was resumed starts anew' })
  since: string;
  @Int({ ...COUNT, example: 20_000, description: 'Messages that the provider took' }) sent: number;
  @Int({ ...COUNT, example: 250, description: 'Of those, that bounced for good' }) bounces: number;
  @Int({ ...COUNT, example: 4, description: 'Of those, that were reported as spam' }) complaints: number;
  @Share('Between 0 and 1; fewer messages than `leastMessages` count as so many') bounceRate: number;
  @Share('The same of complaints') complaintRate: number;
  @Id({ nullable: true, description: 'Of the pause, while marketing from it waits' }) pauseId: string | null;
}

export class SendersHealthView {
  @ApiProperty({ type: [SenderHealthView], description: 'Senders of the last days, and those that are paused' })
  items: SenderHealthView[];
  @Int({ ...COUNT, example: 7, description: 'How many days count' }) days: number;
  @Int({ ...COUNT, example: 1_000 }) leastMessages: number;
  @Share('Beyond it marketing is paused, as beyond the next') bounceLimit: number;
  @Share('Of complaints') complaintLimit: number;
  @OneOf(RESUMPTIONS, {
    description: '`by-rule`: also by itself, once both rates are at half of their limits or below',
  })
  resumption: Resumption;
  @ApiProperty({ type: NoticeTargetsBody, description: 'Who is told' }) notify: Required<NoticeTargetsBody>;
}

export class SenderPausesQuery extends PageQuery {
  @OneOf(PAUSE_STATES, { required: false, description: 'Only those that are not over, or only those that are' })
  state?: PauseState;
}

export class ResumeSenderBody {
  @Text({ required: false, max: 500, example: 'The list of 2019 is taken out', description: 'What was done about it' })
  note?: string;
}

export class SenderPauseView {
  @Id() id: string;
  @Id() tenantId: string;
  @OneOf(CHANNELS, { example: 'email' }) channel: string;
  @Text({ max: 320, example: 'news@venue.example' }) address: string;
  @OneOf(PAUSE_REASONS) reason: PauseReason;
  @Int({ ...COUNT, example: 20_000, description: 'As counted when it was paused' }) sent: number;
  @Int({ ...COUNT, example: 1_204 }) bounces: number;
  @Int({ ...COUNT, example: 4 }) complaints: number;
  @Instant() pausedAt: string;
  @Instant({ nullable: true }) resumedAt: string | null;
  @Text({ max: 100, nullable: true, example: 'admin', description: '`rule`, `admin` or `key:<id>`' })
  resumedBy: string | null;
  @Text({ max: 500, nullable: true }) note: string | null;
}

export const pauseView = ({ pausedAt, resumedAt, ...row }: PauseRow): SenderPauseView => ({
  ...row,
  pausedAt: iso(pausedAt),
  resumedAt: resumedAt === null ? null : iso(resumedAt),
});
