/** Request and response shapes of the venue routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Id, Instant, iso, Nested, OneOf, PageQuery, Text, TextList } from '../../kernel/index.js';
import { readEmailAddress } from '../addresses/email-address.js';
import type { ForwardTo, KeywordReplies, Venue } from './venue.entity.js';

const EXTERNAL_ID = { max: 200, example: 'venue-42' };

const UNSUBSCRIBE_EMAIL = {
  max: 254,
  nullable: true,
  example: 'unsubscribe@riverside.example',
  description:
    'Where it takes mail of people who want to leave its marketing: stands in List-Unsubscribe beside the link. Record what comes with PUT /api/consent',
};

const REPLY = {
  required: false,
  max: 480,
  example: 'Riverside Hall: write to help@riverside.example. STOP ends all texts.',
};

export class KeywordRepliesBody {
  @Text({
    ...REPLY,
    description: 'To STOP, once: it passes the opt-out that it confirms',
    example: 'Riverside Hall: you will get no more texts. START brings them back.',
  })
  stop?: string;

  @Text({ ...REPLY, description: 'To HELP' })
  help?: string;

  @Text({ ...REPLY, description: 'To START', example: 'Riverside Hall: welcome back. STOP ends all texts.' })
  start?: string;

  @Flag({
    required: false,
    description:
      'The provider was told to answer nothing itself, such as Twilio without its own handling of opt-outs: its own words by text are answered too',
  })
  isProviderSilent?: boolean;
}

export class ForwardToBody {
  @TextList({
    min: 1,
    max: 10,
    of: (text) => typeof text === 'string' && readEmailAddress(text) !== undefined,
    meaning: 'an email address',
    example: ['desk@riverside.example'],
    description: 'Each gets a message of its own, from the venue’s email sender',
  })
  emails: string[];

  @OneOf(['en', 'de'], { required: false, default: 'en', description: 'Of the emails' }) language: 'en' | 'de' = 'en';
}

export class CreateVenueBody {
  @Text({ max: 200, example: 'Riverside Hall' })
  name: string;

  @Text({
    required: false,
    ...EXTERNAL_ID,
    description: 'Your own id of the venue, unique among your venues: it names the venue wherever `venueId` is taken',
  })
  externalId?: string;

  @Text({ required: false, ...UNSUBSCRIBE_EMAIL, nullable: false })
  unsubscribeEmail?: string;
}

export class UpdateVenueBody {
  @Text({ required: false, max: 200, example: 'Riverside Hall' })
  name?: string;

  @Text({ required: false, nullable: true, ...EXTERNAL_ID, description: 'Your own id of the venue; null removes it' })
  externalId?: string | null;

  @Text({ required: false, ...UNSUBSCRIBE_EMAIL })
  unsubscribeEmail?: string | null;

  @Nested(() => KeywordRepliesBody, {
    required: false,
    nullable: true,
    description:
      'What is answered to people’s keywords where the provider answers nothing itself; replaces what was set, null removes it',
  })
  keywordReplies?: KeywordRepliesBody | null;

  @Nested(() => ForwardToBody, {
    required: false,
    nullable: true,
    description: 'Staff who get what people write to the venue by email; replaces what was set, null ends it',
  })
  forwardTo?: ForwardToBody | null;
}

export class VenuesQuery extends PageQuery {
  @Text({ required: false, ...EXTERNAL_ID, description: 'Only the venue with this id of yours' })
  externalId?: string;
}

export class VenueView {
  @Id() id: string;
  @Text({ max: 200, example: 'Riverside Hall' }) name: string;
  @ApiProperty({ type: String, nullable: true, example: 'venue-42' }) externalId: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'unsubscribe@riverside.example' })
  unsubscribeEmail: string | null;
  @ApiProperty({ type: KeywordRepliesBody, nullable: true }) keywordReplies: KeywordReplies | null;
  @ApiProperty({ type: ForwardToBody, nullable: true }) forwardTo: ForwardTo | null;
  @Flag({ description: 'Speaks for messages that name no venue' }) isDefault: boolean;
  @Instant() createdAt: string;
}

/** A venue as the API shows it. */
export const venueView = ({
  id,
  name,
  externalId = null,
  unsubscribeEmail = null,
  keywordReplies = null,
  forwardTo = null,
  isDefault,
  createdAt,
}: Venue): VenueView => ({
  id,
  name,
  externalId,
  unsubscribeEmail,
  keywordReplies,
  forwardTo,
  isDefault,
  createdAt: iso(createdAt),
});
