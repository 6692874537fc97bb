/** Request and response shapes of the conversation routes. */
import { ApiProperty } from '@nestjs/swagger';
import {
  FlagParam,
  Id,
  Instant,
  isWebAddress,
  Nested,
  OneOf,
  PageQuery,
  Text,
  TextList,
  WEB_ADDRESS,
} from '../kernel/index.js';
import { TemplateChoice } from '../dispatch/index.js';
import { CHANNELS, VenueRef, type Channel } from '../tenants/index.js';
import { CONVERSATION_CHANNELS, type ConversationChannel } from './conversation-row.js';
import { MEDIA_REASONS, type MediaReason } from './media.rules.js';
import { MEDIA_STATES } from './received-media.js';

export const DIRECTIONS = ['inbound', 'outbound'] as const;

export class ListConversationsQuery extends PageQuery {
  @VenueRef({ required: false }) venueId?: string;
  @OneOf(CONVERSATION_CHANNELS, { required: false }) channel?: ConversationChannel;
  @Text({ required: false, max: 320, description: 'The person’s number' }) person?: string;
  @FlagParam({ required: false, description: 'Only those with something unread' }) unread?: boolean;
}

export class ConversationView {
  @Id() id: string;
  @Id() venueId: string;
  @OneOf(CONVERSATION_CHANNELS, { description: 'A picture belongs to the texts' }) channel: ConversationChannel;
  @Text({ max: 320, example: '+15551234567', description: 'Theirs' }) person: string;
  @Text({ max: 320, example: '+15005550006', description: 'The venue’s, which they wrote to last' }) number: string;
  @ApiProperty({ example: 3, description: 'How many messages they have written' }) received: number;
  @ApiProperty({
    example: 1,
    description: 'Of these, how many nobody has marked as read; STOP and the like count as read',
  })
  unread: number;
  @Instant() lastReceivedAt: string;
}

export class ReceivedMediaView {
  @OneOf(MEDIA_STATES, { description: '`waiting`: it is being fetched from the provider' })
  state: (typeof MEDIA_STATES)[number];

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Once it is kept: for `GET /api/files/{id}/content`',
  })
  fileId: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'image/jpeg',
    description: 'By its content; before it is kept, as the provider told it',
  })
  mediaType: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 48_210 }) bytes: number | null;

  @ApiProperty({
    enum: MEDIA_REASONS,
    nullable: true,
    description: 'Why it has not been fetched, or was not at the last attempt',
  })
  reason: MediaReason | null;
}

export class ConversationMessageView {
  @Id({ description: 'Outbound: of the message, for `GET /api/messages/{id}`' }) id: string;
  @OneOf(DIRECTIONS, { description: '`inbound`: the person wrote it' }) direction: (typeof DIRECTIONS)[number];
  @OneOf(CHANNELS) channel: Channel;
  @Instant({ description: 'When it was received, or accepted to be sent' }) at: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'When do doors open?',
    description: 'What it says; null where that is not kept, or no text',
  })
  text: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'delivered', description: 'Outbound: its status' }) status:
    string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'stop',
    description: 'Inbound: a word to the service: stop, start, yes or help',
  })
  keyword: string | null;
  @ApiProperty({ description: 'Outbound: written by a machine, such as an automatic reply or an answer to HELP' })
  isAutomatic: boolean;
  @ApiProperty({ type: [ReceivedMediaView], description: 'Inbound: pictures and the like that came with it' })
  media: ReceivedMediaView[];
}

export class NewAnswer {
  @Text({ required: false, max: 4_096, description: 'Either this or `template`', example: 'Doors open at 19:00.' })
  text?: string;

  @TextList({
    required: false,
    max: 10,
    of: isWebAddress,
    meaning: WEB_ADDRESS,
    description: 'Addresses of pictures: a text becomes an MMS',
  })
  mediaUrls?: string[];

  @Nested(() => TemplateChoice, { required: false, description: 'On WhatsApp, also after the 24 hours' })
  template?: TemplateChoice;
}

export class ReadBody {
  @Id({ required: false, description: 'The last message that was read; all when absent' })
  upTo?: string;
}
