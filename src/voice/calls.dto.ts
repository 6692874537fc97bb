/** Request and response shapes of the call routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Id, Instant, Int, JsonObject, Nested, NestedList, OneOf, PageQuery, Text } from '../kernel/index.js';
import { TemplateChoice } from '../dispatch/index.js';
import { CALLERS_WORD_LENGTH, STATUSES, type MessageStatus } from '../ledger/index.js';
import { EXAMPLE_DATA, SpeechBody } from '../templates/index.js';
import { CATEGORIES, VenueRef, type Category } from '../tenants/index.js';
import { ESCALATION_STATUSES, STEP_CHANNELS, type EscalationStatus, type StepChannel } from './escalation.rules.js';
import { ACKNOWLEDGED_VIA, type AcknowledgedVia } from './escalations.js';

const MOST_STEPS = 20;
/** An alert has no marketing in it. */
const CALL_CATEGORIES = CATEGORIES.filter((category) => category !== 'marketing');

export const DEFAULT_WAIT_S = 90;
export const DEFAULT_RETRY = { attempts: 2, pauseSeconds: 30 } as const;

export class EscalationStepBody {
  @Text({
    max: 320,
    description: 'A phone number as E.164 or as written in the tenant’s country',
    example: '+4915123456789',
  })
  to: string;

  @OneOf(STEP_CHANNELS, { required: false, description: '`voice` when absent', example: 'voice' })
  channel?: StepChannel;

  @Int({
    required: false,
    min: 5,
    max: 3_600,
    default: DEFAULT_WAIT_S,
    description: 'How long after the attempt the next person follows, if nobody has acknowledged',
  })
  waitSeconds?: number;
}

export class CallContent {
  @Text({ max: 4_096, description: 'What the call says, at most 1,600 characters', example: 'Gate 4 is closed.' })
  body: string;

  @Nested(() => SpeechBody, { required: false, description: 'How it speaks' })
  speech?: SpeechBody;
}

export class TextContent {
  @Text({ max: 4_096, description: 'At most 1,600 characters', example: 'Gate 4 is closed. Reply 1 to confirm.' })
  body: string;
}

export class RetryBody {
  @Int({
    required: false,
    min: 1,
    max: 5,
    default: DEFAULT_RETRY.attempts,
    description: 'Calls to one person in all who is busy, does not answer, or whose mailbox does',
  })
  attempts?: number;

  @Int({ required: false, min: 0, max: 600, default: DEFAULT_RETRY.pauseSeconds, description: 'Between two of them' })
  pauseSeconds?: number;
}

export class StartCallBody {
  @Text({
    required: false,
    max: 320,
    description: 'Whom to call: either this or `escalation`',
    example: '+4915123456789',
  })
  to?: string;

  @NestedList(() => EscalationStepBody, {
    required: false,
    min: 1,
    max: MOST_STEPS,
    description: 'One person after another, until somebody acknowledges',
  })
  escalation?: EscalationStepBody[];

  @VenueRef({ required: false, description: 'Who speaks; the tenant’s default venue when absent' })
  venueId?: string;

  @Nested(() => TemplateChoice, {
    required: false,
    description: 'What the call says: either this or `content`',
    example: { key: 'gate-closed', data: EXAMPLE_DATA },
  })
  voiceTemplate?: TemplateChoice;

  @Nested(() => CallContent, { required: false, description: 'What the call says, as it is' })
  content?: CallContent;

  @Nested(() => TemplateChoice, {
    required: false,
    description: 'What a text says: either this or `smsContent`; without `data` it gets those of `voiceTemplate`',
    example: { key: 'gate-closed-sms' },
  })
  smsTemplate?: TemplateChoice;

  @Nested(() => TextContent, { required: false, description: 'What a text says; the body of `content` when absent' })
  smsContent?: TextContent;

  @OneOf(CALL_CATEGORIES, { required: false, description: '`emergency` when absent' })
  category?: Category;

  @Flag({
    required: false,
    description:
      'Goes on until somebody acknowledges, also where a person was reached; by default if the call asks for a key',
  })
  untilAcknowledged?: boolean;

  @Nested(() => RetryBody, { required: false, description: 'When nobody answers', example: DEFAULT_RETRY })
  retry?: RetryBody;

  @Text({
    required: false,
    max: CALLERS_WORD_LENGTH,
    description: 'The caller’s own word for it; of its messages too',
    example: 'incident:17',
  })
  reference?: string;

  @Text({
    required: false,
    max: CALLERS_WORD_LENGTH,
    description: 'The caller’s word for this kind of message',
    example: 'gate-closed',
  })
  messageType?: string;

  @JsonObject({ required: false, description: 'Kept with its messages, at most 4 KB' })
  metadata?: Record<string, unknown>;
}

export class ListCallsQuery extends PageQuery {
  @OneOf(ESCALATION_STATUSES, { required: false }) status?: EscalationStatus;
  @Text({ required: false, max: CALLERS_WORD_LENGTH }) reference?: string;
}

export class CallAttemptView {
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'At /api/messages/{id}; null where none was accepted',
  })
  messageId: string | null;
  @ApiProperty({ enum: STATUSES, nullable: true, example: 'undelivered' }) status: MessageStatus | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why no message was accepted: the error’s code' })
  refusal: string | null;
  @Instant() at: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) settledAt: string | null;
}

export class CallStepView {
  @Text({ max: 320, example: '+4915123456789' }) to: string;
  @OneOf(STEP_CHANNELS) channel: StepChannel;
  @ApiProperty({ example: DEFAULT_WAIT_S }) waitSeconds: number;
  @ApiProperty({ type: [CallAttemptView], description: 'Oldest first; empty: not tried' }) attempts: CallAttemptView[];
}

export class CallAcknowledgement {
  @OneOf(ACKNOWLEDGED_VIA, { description: 'A key in the call, a reply to the text, or this API' }) via: AcknowledgedVia;
  @ApiProperty({ type: String, nullable: true, example: '+4915123456789', description: 'Who; null through this API' })
  by: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) messageId: string | null;
  @Instant() at: string;
}

export class EscalationView {
  @Id() id: string;
  @OneOf(ESCALATION_STATUSES, {
    example: 'ACKNOWLEDGED',
    description:
      'REACHED: somebody was, and nobody was asked for more. EXHAUSTED: nobody is left to be tried; an acknowledgement still counts',
  })
  status: EscalationStatus;
  @Id() venueId: string;
  @OneOf(CALL_CATEGORIES) category: Category;
  @Flag() untilAcknowledged: boolean;
  @ApiProperty({ type: String, nullable: true, example: 'incident:17' }) reference: string | null;
  @ApiProperty({ type: CallAcknowledgement, nullable: true }) acknowledgement: CallAcknowledgement | null;
  @ApiProperty({ type: [CallStepView] }) steps: CallStepView[];
  @Instant() createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finishedAt: string | null;
}
