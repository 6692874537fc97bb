/** Response shapes of the campaign routes. */
import { HINDRANCES, type Hindrance } from '../dispatch/index.js';
import { ApiProperty } from '@nestjs/swagger';
import { ChargeForecastView } from '../billing/index.js';
import { AttachmentRef } from '../files/index.js';
import { Flag, Id, Instant, Int, OneOf, Text } from '../kernel/index.js';
import { PreviewView } from '../templates/index.js';
import { CATEGORIES, CHANNELS, type Category, type Channel } from '../tenants/index.js';
import { ApprovalView } from './approval/approvals.dto.js';
import { CAMPAIGN_STATES, type CampaignState } from './campaign.states.js';
import { IF_PAST, type IfPast } from './hours/recipient-hour.rules.js';
import { ZONES, type ScheduleZone } from './schedule-time.js';
import { CampaignTestView, CampaignVariantView } from './variants/variants.dto.js';

export class ProgressView {
  @ApiProperty({ example: 1_000, description: 'People of the audience expanded so far: `excluded` + `messages`' })
  audience: number;
  @Flag({ description: 'Whether the whole audience is expanded' }) frozen: boolean;
  @ApiProperty({ example: 40, description: 'Left out when the audience was expanded' }) excluded: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { no_opt_in: 38, opted_out: 2 },
    description: 'Why, adding up to `excluded`',
  })
  excludedBy: Record<string, number>;
  @ApiProperty({ example: 960, description: 'In the ledger' }) messages: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { delivered: 900, sent: 50, queued: 10 },
    description: 'Messages by status, adding up to `messages`',
  })
  byStatus: Record<string, number>;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { email: 700, sms: 260 },
    description: 'Messages by the channel that was chosen for the person, adding up to `messages`',
  })
  byChannel: Record<string, number>;
  @ApiProperty({ example: 10, description: 'Still to be sent, of those expanded' }) remaining: number;
  @ApiProperty({ type: Number, nullable: true, example: 85.5, description: 'Messages a second, over the last seconds' })
  ratePerSecond: number | null;
  @Instant({
    nullable: true,
    description: 'When the last will have been sent, at this rate; null while some wait for an hour of their own',
  })
  finishesAt: string | null;
}

export class SegmentsView {
  @ApiProperty({ type: String, nullable: true, example: 'DE', description: 'Of the phone number' }) country:
    string | null;
  @ApiProperty({ type: String, nullable: true, enum: ['GSM-7', 'UCS-2'], description: 'SMS only' }) encoding:
    string | null;
  @ApiProperty({ example: 960 }) messages: number;
  @ApiProperty({ example: 1_920, description: 'What is billed; one for each message on other channels' })
  segments: number;
}

export class EstimateView {
  @ApiProperty({ example: 1_000 }) audience: number;
  @ApiProperty({ example: 40 }) excluded: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { no_opt_in: 38, opted_out: 2 },
    description: 'Why, adding up to `excluded`',
  })
  excludedBy: Record<string, number>;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { first_name: 12 },
    description:
      'What the template always needs and the excluded as `missing_variables` lack: for each variable, how many of them',
  })
  missingVariables: Record<string, number>;
  @ApiProperty({ example: 2, description: 'Not excluded, but their messages would fail: scaled up where `sampled`' })
  failing: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { render_failed: 1, text_too_long: 1 },
    description: 'With which reason, adding up to `failing`: `render_failed`, `content_empty`, `text_too_long`',
  })
  failingBy: Record<string, number>;
  @ApiProperty({ example: 958, description: 'Who would be sent to: `audience` - `excluded` - `failing`' })
  recipients: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { email: 700, sms: 258 },
    description: 'Recipients by the channel that would be chosen for the person',
  })
  byChannel: Record<string, number>;
  @ApiProperty({ example: 1_920 }) segments: number;
  @ApiProperty({ type: [SegmentsView], description: 'By country and encoding, largest first' })
  bySegments: SegmentsView[];
  @ApiProperty({
    type: ChargeForecastView,
    description:
      'What the tenant would be charged, after what it has used this month of what its plan includes; from a part where `sampled`',
  })
  charge: ChargeForecastView;
  @Flag({ description: 'Failing messages and segments were taken from a part of the audience and scaled up' })
  sampled: boolean;
  @ApiProperty({ example: 10, description: 'Of the sender, or of the throttle where that is slower' })
  ratePerSecond: number;
  @ApiProperty({ example: 192 }) durationSeconds: number;
  @Instant({ nullable: true, description: 'By the recipients’ clocks: when the first go; else null' })
  firstAt: string | null;
  @Instant({ nullable: true, description: 'By the recipients’ clocks: when the last go; else null' })
  lastAt: string | null;
}

export class ChannelOptionView {
  @OneOf(CHANNELS, { example: 'sms' }) channel: Channel;
  @Text({ max: 320, example: '+15551234567', description: 'The person’s address there' }) contact: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'opted_out',
    description: 'Why it would not go; null if it would',
  })
  excludedAs: string | null;
}

export class CampaignPreviewView {
  @Text({ max: 320, nullable: true, description: 'Whose data were used; null for those of the request' })
  contact: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'no_opt_in',
    description:
      'Why a launch now would leave the contact out, or not use this channel; `no_address` for a person without an address there, `not_in_segment` for one who is not in its segment; null if it goes',
  })
  excludedAs: string | null;
  @Instant({
    nullable: true,
    description: 'Scheduled by the recipients’ clocks: when the contact would get it; else null',
  })
  goesAt: string | null;
  @ApiProperty({ example: 3 }) templateVersion: number;
  @ApiProperty({ example: 'tickets@riverside.example' }) from: string;
  @ApiProperty({ type: PreviewView }) content: PreviewView;
  @OneOf(CHANNELS, { required: false, example: 'email', description: 'Of several channels, the one that is shown' })
  channel?: Channel;
  @Text({ required: false, max: 100, description: 'Of several variants, the template that is shown' }) variant?: string;
  @ApiProperty({
    type: [ChannelOptionView],
    required: false,
    description:
      'Of several channels, those on which the person has an address, in the person’s order: the first goes, unless it is excluded too; the next that would go follow if it fails',
  })
  options?: ChannelOptionView[];
}

export class TestAnswers {
  @ApiProperty({
    type: 'array',
    items: { type: 'object' },
    description: 'For each address, in order: `{ id, status, from, venueId }`, or `{ error }`',
  })
  items: object[];
}

export class CampaignChannelView {
  @OneOf(CHANNELS, { example: 'sms' }) channel: Channel;
  @Text({ max: 100, example: 'spring-opening-sms' }) templateKey: string;
  @Id({ nullable: true }) senderId: string | null;
  @ApiProperty({ type: Number, nullable: true, example: 3, description: 'Fixed at launch' })
  templateVersion: number | null;
}

export class CampaignWarningView {
  @ApiProperty({ example: 80, description: '50, 80 or 100' }) percent: number;
  @Instant() reachedAt: string;
}

const USED = { type: 'integer', format: 'int64' } as const;

export class CampaignLimitView {
  @ApiProperty({ ...USED, example: 5_000, description: 'Messages, or micros' }) limit: number;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Of money' }) currency: string | null;
  @ApiProperty({
    ...USED,
    example: 4_120,
    description: 'By messages that providers took, and what followed them; up to a second old',
  })
  used: number;
  @ApiProperty({ ...USED, example: 120, description: 'By messages that are being sent, or are in doubt; of hard ones' })
  reserved: number;
  @Instant({ nullable: true, description: 'Since when messages wait for it' }) stoppedAt: string | null;
  @ApiProperty({ type: [CampaignWarningView], description: 'The shares that have been reached' })
  warnings: CampaignWarningView[];
}

export class CampaignBudgetView {
  @Flag() hard: boolean;
  @ApiProperty({ type: CampaignLimitView, nullable: true }) messages: CampaignLimitView | null;
  @ApiProperty({ type: CampaignLimitView, nullable: true }) money: CampaignLimitView | null;
}

export class StoppingBudgetView {
  @OneOf(['campaign', 'tenant'], {
    example: 'campaign',
    description: 'The campaign’s own, or the tenant’s for the month',
  })
  of: 'campaign' | 'tenant';
  @OneOf(['messages', 'money'], { example: 'messages' }) measure: 'messages' | 'money';
}

export class CampaignView {
  @Id() id: string;
  @Text({ max: 200, example: 'Spring opening' }) name: string;
  @Text({ max: 2_000, nullable: true }) description: string | null;
  @OneOf(CAMPAIGN_STATES, { example: 'SENDING' }) status: CampaignState;
  @Text({ max: 500, nullable: true, description: 'Why it is paused or failed' }) statusReason: string | null;
  @OneOf(HINDRANCES, {
    nullable: true,
    description:
      'Why nothing of it is sent: a hard budget or a daily cap has no room, or marketing from its sender is paused. It goes on by itself once that is over',
  })
  waitsFor: Hindrance | null;
  @Int({
    min: 0,
    max: 2_147_483_647,
    example: 0,
    description: 'How many of its messages wait for the hours in which marketing may go to their recipients',
  })
  waitingForHours: number;
  @ApiProperty({ type: [StoppingBudgetView], description: 'Of `over_budget`: the budgets that have no room' })
  stoppedBy: StoppingBudgetView[];
  @ApiProperty({
    type: CampaignBudgetView,
    nullable: true,
    description: 'How much it may use, beside the tenant’s budgets',
  })
  budget: CampaignBudgetView | null;
  @OneOf(CHANNELS, { description: 'Of several the first, as are `senderId`, `templateKey` and `templateVersion`' })
  channel: Channel;
  @ApiProperty({ type: [CampaignChannelView], description: 'In the order of the sender’s wish' })
  channels: CampaignChannelView[];
  @ApiProperty({ type: [AttachmentRef], description: 'What its emails carry, with those of their templates' })
  attachments: AttachmentRef[];
  @ApiProperty({ type: [CampaignVariantView], description: 'Of several templates on one channel; else empty' })
  variants: CampaignVariantView[];
  @ApiProperty({ type: CampaignTestView, nullable: true, description: 'Which of the variants goes to the rest' })
  test: CampaignTestView | null;
  @Flag({ description: 'Of several channels, the one that a person prefers comes first for that person' })
  usePreferredChannel: boolean;
  @OneOf(CATEGORIES, { nullable: true }) category: Category | null;
  @Id() venueId: string;
  @Id({ nullable: true }) senderId: string | null;
  @Text({ max: 100, example: 'spring-opening' }) templateKey: string;
  @ApiProperty({ type: Number, nullable: true, example: 3, description: 'Fixed at launch' })
  templateVersion: number | null;
  @Id() audienceId: string;
  @Id({ nullable: true, description: 'The segment of the audience that it is for; null: all of it' }) segmentId:
    string | null;
  @Int({ min: 1, max: 365, nullable: true, description: 'Whom a campaign has written to in so many days is left out' })
  frequencyCapDays: number | null;
  @Instant({ nullable: true }) scheduledAt: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '2026-11-27T18:00:00+01:00[Europe/Berlin]',
    description: 'The same on the tenant’s wall clock; of `inZone: recipient` the time on theirs, without a zone',
  })
  scheduledLocal: string | null;
  @OneOf(ZONES, {
    description: 'On whose clock: of `recipient`, `scheduledAt` is when that time comes first, anywhere',
  })
  inZone: ScheduleZone;
  @OneOf(IF_PAST, { nullable: true, description: 'For whom it has passed at the start, in the zone of the recipient' })
  ifPast: IfPast | null;
  @Instant({ nullable: true }) expiresAt: string | null;
  @ApiProperty({ type: Number, nullable: true, example: 600 }) messagesPerMinute: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 20 }) pauseAtFailurePercent: number | null;
  @ApiProperty({
    type: ApprovalView,
    nullable: true,
    description: 'As it was asked for or decided; whether it still holds says `GET /api/campaigns/{id}/approval`',
  })
  approval: ApprovalView | null;
  @Text({ max: 100, example: 'key:0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12' }) createdBy: string;
  @Instant() createdAt: string;
  @Instant({ nullable: true }) launchedAt: string | null;
  @Instant({ nullable: true, description: 'When the last message had left' }) sentAt: string | null;
  @ApiProperty({ type: ProgressView }) progress: ProgressView;
}

export class RehearsalView {
  @ApiProperty({ example: 200, description: 'People whose message was rendered: the first, up to 200' }) people: number;
  @ApiProperty({ example: 2, description: 'Of these, whose message will end as `failed`' }) failing: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { render_failed: 1, text_too_long: 1 },
    description: 'With which reason, adding up to `failing`',
  })
  failingBy: Record<string, number>;
}

export class LaunchedView extends CampaignView {
  @ApiProperty({ type: RehearsalView }) rehearsal: RehearsalView;
}

export class ExclusionView {
  @Text({ max: 320, example: 'bo@example.com' }) address: string;
  @Text({ max: 50, example: 'opted_out' }) reason: string;
}
