/** Request and response shapes of the message routes. */
import { ApiProperty } from '@nestjs/swagger';
import {
  CORRELATION_ID,
  Id,
  Instant,
  isWebAddress,
  JsonObject,
  Nested,
  NestedList,
  OneOf,
  PageQuery,
  Text,
  TextList,
  UncheckedList,
  WEB_ADDRESS,
} from '../../kernel/index.js';
import { MOMENTS, STALE_REASONS, type Moment, type StaleReason } from '../../host-data/index.js';
import { CARRIED_CHANNELS, CATEGORIES, CHANNELS, VenueRef, type Category, type Channel } from '../../tenants/index.js';
import { MailOptions, MailView } from '../mail/mail.dto.js';
import { EXAMPLE_DATA, LanguageTag, PreviewView, SpeechBody } from '../../templates/index.js';
import { CALLERS_WORD_LENGTH, STATUSES, type MessageStatus } from '../../ledger/index.js';

/** Fallback steps after a message's own channel. */
const FALLBACKS = 3;
/** Messages in one batch. */
const BATCH_LIMIT = 1_000;

export class TemplateChoice {
  @Text({ max: 100, example: 'order-confirmation' })
  key: string;

  @JsonObject({
    required: false,
    description: 'What the template’s variables stand for',
    example: EXAMPLE_DATA,
  })
  data?: Record<string, unknown>;

  @LanguageTag({
    required: false,
    description: 'Of the recipient, for a template in several languages; the same as `language` among the data',
    example: 'de-AT',
  })
  language?: string;
}

export class OwnContent {
  @Text({
    required: false,
    max: 998,
    pattern: /^\P{Cc}+$/u,
    meaning: 'one line of text',
    description: 'Email: the subject',
  })
  subject?: string;

  @Text({ required: false, max: 500_000, description: 'Email: the HTML part' })
  html?: string;

  @Text({ required: false, max: 500_000, description: 'Email: the plain part; made from the HTML when absent' })
  text?: string;

  @Text({
    required: false,
    max: 4_096,
    description: 'SMS, MMS, WhatsApp: the text, at most 1,600 characters; voice: what the call says',
    example: 'Doors open at 19:00.',
  })
  body?: string;

  @TextList({
    required: false,
    max: 10,
    of: isWebAddress,
    meaning: WEB_ADDRESS,
    description: 'MMS, WhatsApp: addresses of pictures',
  })
  mediaUrls?: string[];

  @Nested(() => SpeechBody, { required: false, description: 'Voice: how the call speaks' })
  speech?: SpeechBody;
}

/** What is sent if the message ends without reaching the person. */
export class FallbackStep {
  @OneOf(CARRIED_CHANNELS, { example: 'sms' })
  channel: Channel;

  @Id({ required: false, description: 'Which of the venue’s senders; its default one when absent' })
  senderId?: string;

  @Nested(() => TemplateChoice, {
    required: false,
    description: 'Either this or `content`; without `data` it gets those of the message’s own template',
    example: { key: 'order-sms' },
  })
  template?: TemplateChoice;

  @Nested(() => OwnContent, { required: false, description: 'Sent as it is, without variables' })
  content?: OwnContent;
}

/** What a message is about, by the platform’s own ids: read when it is accepted, and again right before it is sent. */
export class HostDataRefs {
  @Text({ required: false, max: CALLERS_WORD_LENGTH, example: 'A-1001' }) orderId?: string;

  @Text({ required: false, max: CALLERS_WORD_LENGTH, description: 'The order’s or attendee’s when absent' })
  customerId?: string;

  @Text({ required: false, max: CALLERS_WORD_LENGTH, description: 'The order’s or attendee’s when absent' })
  eventId?: string;

  @Text({ required: false, max: CALLERS_WORD_LENGTH }) attendeeId?: string;

  @Text({
    required: false,
    max: CALLERS_WORD_LENGTH,
    description:
      'What the attendee’s status must be, in the platform’s word: another by then, and the message ends as `cancelled` (`attendee_status_changed`)',
    example: 'waitlisted',
  })
  attendeeStatus?: string;

  @Instant({
    required: false,
    description: 'When the event begins: at another time by then, and the message ends as `cancelled` (`event_moved`)',
  })
  startsAt?: Date;

  @OneOf(MOMENTS, {
    required: false,
    description:
      'When it is of no use any more, wherever the event is moved to: from then on it ends as `expired` (`event_started`, `event_ended`). A fixed time is `expiresAt`',
  })
  notAfter?: Moment;

  @TextList({
    required: false,
    max: STALE_REASONS.length,
    of: STALE_REASONS,
    description: 'What may be so nonetheless: a notice of cancellation is about a cancelled event',
  })
  allow?: StaleReason[];
}

export class NewMessage extends MailOptions {
  @OneOf(CARRIED_CHANNELS)
  channel: Channel;

  @Text({
    required: false,
    max: 320,
    description:
      'An email address, or a phone number as E.164 or as written in the tenant’s country; absent: the customer’s, as the platform has it when the message is sent (`hostData`)',
    example: 'ana@example.com',
  })
  to?: string;

  @Nested(() => HostDataRefs, {
    required: false,
    description:
      'What it is about in the platform’s own data: the template gets `order`, `customer`, `event` and `attendee` as they are when it is sent, under `template.data`. It is not sent about what is cancelled, refunded or unknown by then',
    example: { orderId: 'A-1001' },
  })
  hostData?: HostDataRefs;

  @VenueRef({ required: false, description: 'Who speaks; the tenant’s default venue when absent' })
  venueId?: string;

  @Id({ required: false, description: 'Which of the venue’s senders; its default one when absent' })
  senderId?: string;

  @OneOf(CATEGORIES, { required: false, description: 'The template’s category, or `transactional`, when absent' })
  category?: Category;

  @Nested(() => TemplateChoice, {
    required: false,
    description: 'Either this or `content`',
    example: { key: 'order-confirmation', data: EXAMPLE_DATA },
  })
  template?: TemplateChoice;

  @Nested(() => OwnContent, { required: false, description: 'Sent as it is, without variables' })
  content?: OwnContent;

  @NestedList(() => FallbackStep, {
    required: false,
    max: FALLBACKS,
    description:
      'What follows, step by step, where the message ends without reaching the person; the template’s own `fallback` when absent; nothing when empty, not even a late retry',
  })
  fallback?: FallbackStep[];

  @Text({
    required: false,
    max: 320,
    description:
      'The person’s other address, for fallbacks: an email address beside a phone number in `to`, or the reverse',
    example: '+15551234567',
  })
  alternateTo?: string;

  @Instant({ required: false, description: 'Not before this time; at most a year ahead' })
  sendAt?: Date;

  @Instant({ required: false, description: 'Not after this time: then it ends as `expired`' })
  expiresAt?: Date;

  @Text({
    required: false,
    max: CALLERS_WORD_LENGTH,
    description: 'The caller’s own word for it, such as an order number',
    example: 'order:A-1001',
  })
  reference?: string;

  @Text({ required: false, max: CALLERS_WORD_LENGTH, description: 'The order that it is about', example: 'A-1001' })
  orderId?: string;

  @Text({ required: false, max: CALLERS_WORD_LENGTH, description: 'Whom it is for, as you know them', example: 'C-7' })
  customerId?: string;

  @Text({
    required: false,
    max: CALLERS_WORD_LENGTH,
    description: 'The caller’s word for this kind of message',
    example: 'order-confirmation',
  })
  messageType?: string;

  @Text({
    ...CORRELATION_ID,
    required: false,
    description: 'What led to it, as your logs know it; the header `X-Correlation-Id` when absent',
  })
  correlationId?: string;

  @JsonObject({ required: false, description: 'Kept with the message and given back, at most 4 KB' })
  metadata?: Record<string, unknown>;
}

export class NewMessages {
  /** Validated one by one, so that an invalid message does not affect the others. */
  @UncheckedList(() => NewMessage, { min: 1, max: BATCH_LIMIT })
  messages: unknown[];
}

export class MessageStatusView {
  @Id() id: string;
  @OneOf(STATUSES, { example: 'queued' }) status: MessageStatus;
}

export class AcceptedMessage extends MessageStatusView {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'tickets@riverside.example',
    description:
      'The sender’s address that it goes out from, as of now: null only while it waits for the first number of its venue, which is being rented; a message without a sender is refused as `no_sender`. A fallback sender may still take it over',
  })
  from: string | null;

  @Id({ description: 'The venue that it is sent for' })
  venueId: string;
}

export class ListMessagesQuery extends PageQuery {
  @OneOf(CHANNELS, { required: false }) channel?: Channel;
  @OneOf(STATUSES, { required: false }) status?: MessageStatus;
  @Text({ required: false, max: 320, description: 'The recipient' }) to?: string;
  @VenueRef({ required: false }) venueId?: string;
  @Id({ required: false }) campaignId?: string;
  @Text({ required: false, max: CALLERS_WORD_LENGTH }) reference?: string;
  @Text({ required: false, max: CALLERS_WORD_LENGTH }) orderId?: string;
  @Text({ required: false, max: CALLERS_WORD_LENGTH }) customerId?: string;
  @Text({ required: false, max: CALLERS_WORD_LENGTH }) messageType?: string;
  @Text({ required: false, max: CALLERS_WORD_LENGTH }) correlationId?: string;
  @Instant({ required: false, description: 'Accepted at or after' }) since?: Date;
  @Instant({ required: false, description: 'Accepted before' }) until?: Date;
}

export class MessageEventView {
  @ApiProperty({ example: 'delivered' }) kind: string;
  @Instant({ description: 'When we recorded it' }) at: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it happened, according to the provider',
  })
  occurredAt: string | null;
  @ApiProperty({ type: String, nullable: true }) reason: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The provider’s own code' }) code: string | null;
  @ApiProperty({
    example: 'webhook',
    description: 'The source: api, automation, campaign, desk, dispatch, reconciler or webhook',
  })
  source: string;
}

export class MessageView {
  @Id() id: string;
  @OneOf(STATUSES, { example: 'delivered' }) status: MessageStatus;
  @ApiProperty({ type: String, nullable: true, description: 'Why it ended or waits, as a stable code' }) reason:
    string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The same in a sentence' }) explanation: string | null;
  @OneOf(CHANNELS) channel: Channel;
  @OneOf(CATEGORIES) category: Category;
  @Text({ max: 320, example: 'ana@example.com' }) to: string;
  @ApiProperty({ type: String, nullable: true, example: 'tickets@riverside.example' }) from: string | null;
  @Id() venueId: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) campaignId: string | null;
  @ApiProperty({ example: 'ses' }) provider: string;
  @ApiProperty({ type: String, nullable: true }) providerMessageId: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The provider’s own code' }) errorCode: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'smtp; 550 5.1.1 user unknown',
    description: 'What it means, in the provider’s words or ours; it may name the recipient',
  })
  errorMessage: string | null;
  @ApiProperty({ example: 1, description: 'SMS segments; 1 elsewhere' }) segments: number;
  @ApiProperty({ example: 1, description: 'How often it was given to the provider' }) attempts: number;
  @ApiProperty({ type: String, nullable: true, example: 'order-confirmation' }) templateKey: string | null;
  @ApiProperty({ type: Number, nullable: true, example: 3, description: 'The version it was accepted with' })
  templateVersion: number | null;
  @ApiProperty({ type: String, nullable: true }) reference: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'A-1001' }) orderId: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'C-7' }) customerId: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'order-confirmation' }) messageType: string | null;
  @ApiProperty({ type: String, nullable: true, example: '9f1c2d7e' }) correlationId: string | null;
  @ApiProperty({ example: false, description: 'Sent to one’s own people, as a test of a campaign' }) isTest: boolean;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true }) metadata: Record<string, unknown> | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) resendOf: string | null;
  @ApiProperty({ type: [String], enum: CHANNELS, description: 'What follows, in order, where it reaches nobody' })
  fallback: Channel[];
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The message in whose place it was sent' })
  fallbackOf: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The message that took its place' })
  followedBy: string | null;
  @Instant() createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) sendAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) expiresAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) sentAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) settledAt: string | null;
}

/** Why there is no content: erased at the person's wish, or it could not be made. */
const UNAVAILABLE = ['erased', 'render_failed', 'content_empty', 'text_too_long'] as const;

export class MessageContentView {
  @Id() id: string;
  @OneOf(CHANNELS) channel: Channel;
  @Text({ max: 320, example: 'ana@example.com' }) to: string;
  @ApiProperty({ type: String, nullable: true, example: 'tickets@riverside.example' }) from: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Riverside', description: 'The name beside an email address' })
  fromName: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'order-confirmation' }) templateKey: string | null;
  @ApiProperty({ type: Number, nullable: true, example: 3 }) templateVersion: number | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null while it is not known to be sent: then the content is what would be sent now',
  })
  sentAt: string | null;
  @ApiProperty({ type: PreviewView, nullable: true }) content: PreviewView | null;
  @ApiProperty({ type: MailView, nullable: true, description: 'Email: what it has beside its text, if anything' })
  mail: MailView | null;
  @ApiProperty({ enum: UNAVAILABLE, nullable: true, description: 'Why there is no content' })
  unavailable: (typeof UNAVAILABLE)[number] | null;
}

export class PriceView {
  @ApiProperty({ example: 14_000, description: 'Millionths of the currency' }) micros: number;
  @ApiProperty({ example: 'USD' }) currency: string;
}

export class CallView {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'human',
    description: 'Who answered, in the provider’s words; a machine leaves the message `undelivered`',
  })
  answeredBy: string | null;
  @ApiProperty({ type: String, nullable: true, example: '1', description: 'The key that acknowledged' })
  key: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) acknowledgedAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) endedAt: string | null;
  @ApiProperty({ type: Number, nullable: true, example: 14, description: 'From the answer to the end' })
  durationSeconds: number | null;
  @ApiProperty({
    type: PriceView,
    nullable: true,
    description: 'What the provider charged for the connection; it tells an hour after the call, or a day after',
  })
  price: PriceView | null;
}

export class MessageWithEvents extends MessageView {
  @ApiProperty({ type: CallView, nullable: true, description: 'Voice: what became of the call' })
  call: CallView | null;

  @ApiProperty({ type: [MessageEventView], description: 'Its whole timeline, oldest first' })
  events: MessageEventView[];
}
