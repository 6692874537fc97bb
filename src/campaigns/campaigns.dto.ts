/** Request shapes of the campaign routes. */
import {
  Flag,
  Id,
  Instant,
  Int,
  JsonObject,
  Nested,
  NestedList,
  OneOf,
  PageQuery,
  Text,
  TextList,
} from '../kernel/index.js';
import { Attachments, AttachmentRef } from '../files/index.js';
import { CARRIED_CHANNELS, CATEGORIES, VenueRef, type Category, type Channel } from '../tenants/index.js';
import { APPROVAL_STATES, type ApprovalState } from './approval/approval-store.js';
import { CAMPAIGN_STATES, type CampaignState } from './campaign.states.js';
import { IF_PAST, type IfPast } from './hours/recipient-hour.rules.js';
import { ZONES, type ScheduleZone } from './schedule-time.js';
import { CampaignTestBody, CampaignVariantBody } from './variants/variants.dto.js';

const TIME = 'An instant, or a local time such as `2026-11-27T18:00` on the wall clock of the tenant’s time zone';
const IN_ZONE = {
  required: false,
  default: 'tenant',
  description: 'On whose clock a local time is; `recipient`: each gets it at that time of their own',
};
const PASSED = {
  required: false,
  default: 'next_day',
  description:
    'In the zone of the recipient, for whom that time has passed at the start: at the same hour within a day, or at once',
};
const THROTTLE = { required: false, min: 1, max: 600_000, example: 600 };
const FAILURES = { required: false, min: 1, max: 100, example: 20 };

const SEVERAL = {
  required: false,
  min: 1,
  max: CARRIED_CHANNELS.length,
  description:
    'Instead of `channel`, `templateKey` and `senderId`: several channels, in the order of your wish. Each person gets one message, on the first that reaches them',
};

/** One of several channels. */
export class CampaignChannelBody {
  @OneOf(CARRIED_CHANNELS, { example: 'sms' })
  channel: Channel;

  @Text({ max: 100, example: 'spring-opening-sms' })
  templateKey: string;

  @Id({ required: false, nullable: true, description: 'Which of the venue’s senders; its default one when absent' })
  senderId?: string | null;
}

export class CampaignMoneyBody {
  @Int({ min: 1, max: Number.MAX_SAFE_INTEGER, example: 50_000_000, description: 'Micros of the currency' })
  limit: number;

  @Text({
    max: 3,
    pattern: /^[A-Z]{3}$/,
    meaning: 'a currency such as USD',
    example: 'USD',
    description: 'The one that the tenant is charged in',
  })
  currency: string;
}

export class CampaignBudgetBody {
  @Int({
    required: false,
    nullable: true,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    example: 5_000,
    description: 'Messages that providers take',
  })
  messages?: number | null;

  @Nested(() => CampaignMoneyBody, { required: false, nullable: true, description: 'What they are charged' })
  money?: CampaignMoneyBody | null;

  @Flag({ description: 'Whether messages beyond it wait; otherwise it only warns' }) hard: boolean;
}

/** What can be changed until launch. */
class CampaignFields {
  @Text({ required: false, max: 2_000, nullable: true, description: 'For people: what it is for' })
  description?: string | null;

  @OneOf(CATEGORIES, { required: false, nullable: true, description: 'The template’s own when absent' })
  category?: Category | null;

  @Id({
    required: false,
    nullable: true,
    description: 'Which of the venue’s senders; its default one when absent',
  })
  senderId?: string | null;

  @NestedList(() => CampaignChannelBody, SEVERAL)
  channels?: CampaignChannelBody[];

  @NestedList(() => CampaignVariantBody, {
    required: false,
    nullable: true,
    min: 2,
    max: 5,
    description:
      'Instead of `templateKey`, on one channel: several templates, each to its share of the recipients; null: none',
  })
  variants?: CampaignVariantBody[] | null;

  @Nested(() => CampaignTestBody, {
    required: false,
    nullable: true,
    description: 'Of `variants`: each is tried on its share of some, and the best of them goes to the rest; null: none',
  })
  test?: CampaignTestBody | null;

  @Attachments('Files that each of its emails carries, with those of its template; an empty list: none')
  attachments?: AttachmentRef[];

  @Flag({
    required: false,
    default: true,
    description: 'Of several channels, the one that a person prefers comes first for that person',
  })
  usePreferredChannel?: boolean;

  @Id({
    required: false,
    nullable: true,
    description: 'Only the people of this segment of the audience, as its rule is at the launch; null: all',
  })
  segmentId?: string | null;

  @Int({
    required: false,
    nullable: true,
    min: 1,
    max: 365,
    example: 7,
    description: 'Leaves out whom a campaign has written to in so many days before the launch; null: nobody',
  })
  frequencyCapDays?: number | null;

  @Instant({ required: false, nullable: true, description: 'What has not been sent by then ends as `expired`' })
  expiresAt?: Date | null;

  @Int({ ...THROTTLE, nullable: true, description: 'A throttle beside the sender’s own rate' })
  messagesPerMinute?: number | null;

  @Int({
    ...FAILURES,
    nullable: true,
    default: 20,
    description: 'Pause by itself when more than this share, of at least 100 that have left, has failed; null: never',
  })
  pauseAtFailurePercent?: number | null;

  @Nested(() => CampaignBudgetBody, {
    required: false,
    nullable: true,
    description:
      'How much the campaign may use, with what follows its messages, beside the tenant’s own budgets. It replaces the one before; null: none',
  })
  budget?: CampaignBudgetBody | null;
}

export class CreateCampaignBody extends CampaignFields {
  @Text({ max: 200, example: 'Spring opening' })
  name: string;

  @OneOf(CARRIED_CHANNELS, { required: false, example: 'email', description: 'Needed unless there are `channels`' })
  channel?: Channel;

  @VenueRef({ required: false, description: 'Who speaks; the tenant’s default venue when absent' })
  venueId?: string;

  @Text({
    required: false,
    max: 100,
    example: 'spring-opening',
    description: 'Needed unless there are `channels` or `variants`',
  })
  templateKey?: string;

  @Id()
  audienceId: string;

  @Text({ required: false, max: 40, example: '2026-11-27T18:00', description: `Schedules it at once. ${TIME}` })
  scheduledAt?: string;

  @OneOf(ZONES, IN_ZONE) inZone?: ScheduleZone;
  @OneOf(IF_PAST, PASSED) ifPast?: IfPast;
}

export class UpdateCampaignBody extends CampaignFields {
  @Text({ required: false, max: 200, example: 'Spring opening' })
  name?: string;

  @OneOf(CARRIED_CHANNELS, { required: false, example: 'email' })
  channel?: Channel;

  @VenueRef({ required: false })
  venueId?: string;

  @Text({ required: false, max: 100, example: 'spring-opening' })
  templateKey?: string;

  @Id({ required: false })
  audienceId?: string;
}

export class ScheduleCampaignBody {
  @Text({ max: 40, example: '2026-11-27T18:00', description: TIME })
  scheduledAt: string;

  @OneOf(ZONES, IN_ZONE) inZone?: ScheduleZone;
  @OneOf(IF_PAST, PASSED) ifPast?: IfPast;
}

/** Whose data a test or a preview is made with. */
export class ExampleBody {
  @Text({
    required: false,
    max: 320,
    example: 'ana@example.com',
    description: 'A contact of the audience; without it and `data`, the first whose data suffice',
  })
  contact?: string;

  @JsonObject({ required: false, description: 'Used instead of a contact’s', example: { name: 'Ana' } })
  data?: Record<string, unknown>;

  @OneOf(CARRIED_CHANNELS, {
    required: false,
    example: 'sms',
    description:
      'Of several channels, this one: otherwise a preview shows that of the person, and a test goes by all of them',
  })
  channel?: Channel;

  @Text({
    required: false,
    max: 100,
    example: 'spring-opening-b',
    description:
      'Of several variants, the one with this template: otherwise a preview shows that of the person, and a test is of all',
  })
  variant?: string;
}

export class TestSendBody extends ExampleBody {
  @TextList({
    min: 1,
    max: 10,
    of: (text) => typeof text === 'string' && text.length <= 320,
    meaning: 'an address of at most 320 characters',
    example: ['ana@example.com'],
    description: 'Addresses of your own people',
  })
  to: string[];
}

export class ListCampaignsQuery extends PageQuery {
  @OneOf(CAMPAIGN_STATES, { required: false }) status?: CampaignState;

  @OneOf(APPROVAL_STATES, { required: false, description: 'Those whose approval is in this state' })
  approval?: ApprovalState;
}

export { DecideWinnerBody } from './variants/variants.dto.js';
export {
  CampaignBudgetView,
  CampaignChannelView,
  CampaignLimitView,
  CampaignPreviewView,
  CampaignView,
  EstimateView,
  ExclusionView,
  LaunchedView,
  ProgressView,
  RehearsalView,
  SegmentsView,
  StoppingBudgetView,
  TestAnswers,
} from './campaign-views.dto.js';
