/** Request and response shapes of the sender routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Id, Instant, iso, Num, OneOf, PageQuery, Text, TextList } from '../../kernel/index.js';
import { CATEGORIES, CHANNELS, PROVIDERS, type Category, type Channel, type ProviderName } from '../channels.js';
import { VenueRef } from '../venues/venue-ref.js';
import { SENDER_STATUSES, type Sender, type SenderStatus } from './sender.entity.js';

/** No control characters: a line break would end the header it is put into. */
const DISPLAY_NAME = {
  max: 200,
  pattern: /^\P{Cc}+$/u,
  meaning: 'a name without control characters',
  example: 'Riverside Box Office',
};
const RATE = { required: false, min: 0.01, max: 10_000, example: 5 };

export class CreateSenderBody {
  @VenueRef({ description: 'The venue that speaks' })
  venueId: string;

  @OneOf(CHANNELS, { example: 'sms' })
  channel: Channel;

  @Text({
    max: 320,
    example: '+15551234567',
    description:
      'An email address, or a phone number with its country code; for SMS also a short code, an alphanumeric sender id or, as for MMS, a Messaging Service of Twilio (`MG…`)',
  })
  address: string;

  @OneOf(PROVIDERS, {
    required: false,
    example: 'twilio',
    description: 'Left out: the provider that usually carries the channel',
  })
  provider?: ProviderName;

  @Text({ required: false, ...DISPLAY_NAME, description: 'The name that people see beside an email address' })
  displayName?: string;

  @Num({ ...RATE, description: 'A number: how fast it may send, if not as fast as the provider lets such a number' })
  ratePerSecond?: number;

  @Id({
    required: false,
    description:
      'Who speaks where this one cannot: another sender of the same venue and channel, best at another provider',
  })
  fallbackSenderId?: string;

  @Flag({
    required: false,
    example: true,
    description:
      'Whether it speaks from now on for messages that name no sender; the first of a venue and channel always does',
  })
  default?: boolean;

  @TextList({
    required: false,
    max: CATEGORIES.length,
    of: CATEGORIES,
    description:
      'Categories in which it speaks in place of the default sender, such as marketing from an address or a provider of its own; taken from the sender that had them',
  })
  defaultFor?: Category[];
}

export class UpdateSenderBody {
  @OneOf(SENDER_STATUSES, { required: false, example: 'inactive', description: '`released` is final' })
  status?: SenderStatus;

  @Text({ required: false, nullable: true, ...DISPLAY_NAME, description: 'null removes it' })
  displayName?: string | null;

  @Num({ ...RATE, nullable: true, description: 'null returns to the provider’s own rate' })
  ratePerSecond?: number | null;

  @Id({ required: false, nullable: true, description: 'null removes it' })
  fallbackSenderId?: string | null;

  @Flag({
    required: false,
    example: true,
    description: 'true: from now on it speaks for messages that name no sender, in place of the present default',
  })
  default?: boolean;

  @TextList({
    required: false,
    max: CATEGORIES.length,
    of: CATEGORIES,
    description:
      'Categories in which it speaks in place of the default sender, such as marketing from an address or a provider of its own; taken from the sender that had them',
  })
  defaultFor?: Category[];
}

export class SendersQuery extends PageQuery {
  @VenueRef({ required: false, description: 'Only of this venue' })
  venueId?: string;

  @OneOf(CHANNELS, { required: false, example: 'sms' })
  channel?: Channel;

  @OneOf(SENDER_STATUSES, { required: false })
  status?: SenderStatus;
}

export class SenderView {
  @Id() id: string;
  @Id() venueId: string;
  @OneOf(CHANNELS, { example: 'sms' }) channel: Channel;
  @Text({ max: 320, example: '+15551234567', description: 'As it is sent: E.164, or an email address in lower case' })
  address: string;
  @ApiProperty({ type: String, nullable: true, example: 'Riverside Box Office' }) displayName: string | null;
  @OneOf(PROVIDERS, { example: 'twilio' }) provider: ProviderName;
  @OneOf(SENDER_STATUSES) status: SenderStatus;
  @ApiProperty({ type: Number, nullable: true, example: 5 }) ratePerSecond: number | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) fallbackSenderId: string | null;
  @Flag({ description: 'It speaks for messages of its venue and channel that name no sender, unless it is silenced' })
  default: boolean;
  @ApiProperty({
    enum: CATEGORIES,
    isArray: true,
    description: 'Categories in which it speaks in place of the default',
  })
  defaultFor: Category[];
  @Instant() createdAt: string;
}

/** A sender as the API shows it; its account must be loaded. */
export function senderView({
  displayName = null,
  ratePerSecond = null,
  fallbackSenderId = null,
  ...sender
}: Sender): SenderView {
  const { id, venueId, channel, address, status, createdAt } = sender;
  const { provider } = sender.providerAccount;
  return {
    id,
    venueId,
    channel,
    address,
    displayName,
    provider,
    status,
    ratePerSecond,
    fallbackSenderId,
    default: sender.isDefault,
    defaultFor: sender.defaultFor,
    createdAt: iso(createdAt),
  };
}
