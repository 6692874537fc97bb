/** Request and response shapes of the routes of automatic replies. */
import { ApiProperty } from '@nestjs/swagger';
import {
  Flag,
  Id,
  Instant,
  Int,
  iso,
  Nested,
  NestedList,
  OneOf,
  PageQuery,
  Text,
  TextList,
} from '../../kernel/index.js';
import { TemplateChoice } from '../../dispatch/index.js';
import { TimeZone, VenueRef, WEEKDAYS, type Weekday } from '../../tenants/index.js';
import { CONVERSATION_CHANNELS, type ConversationChannel } from '../conversation-row.js';
import type { AutoReplyRow } from './auto-reply-store.js';

const TEXT = { max: 1_600, example: 'We are closed now, and answer tomorrow from 9:00.' };
const EVERY = {
  min: 1,
  max: 720,
  example: 12,
  description: 'Hours: each person gets it once within so many, however much they write',
};
const HOURS = {
  max: 20,
  description: 'It is sent outside of these; null, or without any: always',
  example: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }],
};
const ZONE = { description: 'Of the opening hours; null: the tenant’s' };
const TEMPLATE = { description: 'In the place of `text`: a template of the channel, for transactional messages' };
const CLOCK = { max: 5, pattern: /^(?:[01]\d|2[0-3]):[0-5]\d$/, meaning: 'a time such as 09:00' };

export class OpeningHoursBody {
  @TextList({ min: 1, max: 7, of: WEEKDAYS, example: ['mon', 'tue', 'wed', 'thu', 'fri'] }) days: Weekday[];
  @Text({ ...CLOCK, example: '09:00' }) from: string;
  @Text({
    ...CLOCK,
    pattern: /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/,
    example: '18:00',
    description: 'No longer open then; no later than `from`: on the next day',
  })
  to: string;
}

export class NewAutoReplyBody {
  @VenueRef({ required: false, description: 'The default venue when absent' }) venueId?: string;
  @OneOf(CONVERSATION_CHANNELS, { description: '`sms` answers MMS too' }) channel: ConversationChannel;
  @Text({ required: false, ...TEXT, description: 'Either this or `template`' }) text?: string;
  @Nested(() => TemplateChoice, { required: false, ...TEMPLATE }) template?: TemplateChoice;
  @NestedList(() => OpeningHoursBody, { required: false, nullable: true, ...HOURS })
  openingHours?: OpeningHoursBody[] | null;
  @TimeZone({ nullable: true, ...ZONE }) timezone?: string | null;
  @Int({ required: false, default: 12, ...EVERY }) everyHours: number = 12;
  @Flag({ required: false, default: true }) enabled: boolean = true;
}

export class AutoReplyChanges {
  @Text({ required: false, ...TEXT, description: 'In the place of what it says' }) text?: string;
  @Nested(() => TemplateChoice, { required: false, ...TEMPLATE }) template?: TemplateChoice;
  @NestedList(() => OpeningHoursBody, { required: false, nullable: true, ...HOURS })
  openingHours?: OpeningHoursBody[] | null;
  @TimeZone({ nullable: true, ...ZONE }) timezone?: string | null;
  @Int({ required: false, ...EVERY }) everyHours?: number;
  @Flag({ required: false }) enabled?: boolean;
}

export class ListAutoRepliesQuery extends PageQuery {
  @VenueRef({ required: false }) venueId?: string;
}

export class AutoReplyView {
  @Id() id: string;
  @Id() venueId: string;
  @OneOf(CONVERSATION_CHANNELS) channel: ConversationChannel;
  @ApiProperty({ type: String, nullable: true, example: TEXT.example }) text: string | null;
  @ApiProperty({ type: TemplateChoice, nullable: true }) template: TemplateChoice | null;
  @ApiProperty({ type: [OpeningHoursBody], nullable: true }) openingHours: OpeningHoursBody[] | null;
  @ApiProperty({ type: String, nullable: true, example: 'Europe/Berlin' }) timezone: string | null;
  @ApiProperty({ example: 12 }) everyHours: number;
  @Flag() enabled: boolean;
  @Instant() createdAt: string;
}

/** An automatic reply as the API shows it. */
export const autoReplyView = ({ openingHours, createdAt, ...row }: Omit<AutoReplyRow, 'tenantId'>): AutoReplyView => ({
  id: row.id,
  venueId: row.venueId,
  channel: row.channel,
  text: row.text,
  template: row.template && { ...row.template },
  openingHours: openingHours && openingHours.map(({ days, ...times }) => ({ ...times, days: [...days] })),
  timezone: row.timezone,
  everyHours: row.everyHours,
  enabled: row.enabled,
  createdAt: iso(createdAt),
});
