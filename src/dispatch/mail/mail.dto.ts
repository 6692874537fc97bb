/** What an email may have beside its subject and text. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Int, Nested, NestedList, OneOf, Text, TextList, WEB_ADDRESS } from '../../kernel/index.js';
import { Attachments, type AttachmentRef } from '../../files/index.js';

/** Addresses in each kind of copy: with the recipient fewer than every provider takes. */
const COPIES = 20;
const HEADERS = 10;
const ADDRESS_LENGTH = 320;

export class MailHeaderField {
  @Text({ max: 76, example: 'X-Order-Kind' })
  name: string;

  @Text({
    max: 500,
    pattern: /^[\x20-\x7e]+$/,
    meaning: 'one line of printable ASCII',
    example: 'season-ticket',
  })
  value: string;
}

const isShort = (text: unknown): boolean => typeof text === 'string' && text.length <= ADDRESS_LENGTH;

/** Sequences of messages that name none: an hour holds 3,600 of them, and they fit the 31 bits that calendars have until 2088. */
export const MAX_SEQUENCE = 2_147_483_647;

export class CalendarEntry {
  @OneOf(['REQUEST', 'CANCEL'], {
    description: '`REQUEST`: an invitation, or a later version of one. `CANCEL`: it takes place no more',
  })
  method: 'REQUEST' | 'CANCEL';

  @Text({
    max: 200,
    pattern: /^[\w.@:+/-]+$/,
    meaning: 'letters, digits and . @ : + / _ -',
    description: 'The same in every message about it, and of nothing else',
    example: 'order-A-1001@riverside.example',
  })
  uid: string;

  @Int({
    required: false,
    min: 0,
    max: MAX_SEQUENCE,
    description:
      'Higher in every later message about the same `uid`: calendars pass over an earlier one. Absent: one that grows with time, so give it in all of them or in none',
  })
  sequence?: number;

  @Text({ max: 200, pattern: /^\P{Cc}+$/u, meaning: 'one line of text', example: 'Summer Night' })
  title: string;

  @Instant({ example: '2026-12-05T18:00:00Z' })
  startsAt: Date;

  @Instant({ example: '2026-12-05T21:30:00Z' })
  endsAt: Date;

  @Text({ required: false, max: 2_000 })
  description?: string;

  @Text({
    required: false,
    max: 300,
    pattern: /^\P{Cc}+$/u,
    meaning: 'one line of text',
    example: 'River stage, gate 4',
  })
  location?: string;

  @Text({ required: false, max: 2_000, pattern: /^https?:\/\/\S+$/, meaning: WEB_ADDRESS })
  url?: string;
}

export class MailOptions {
  @Attachments(
    'Email: files that it carries, with those of its template. Together they may be as large as its provider takes',
  )
  attachments?: AttachmentRef[];

  @Nested(() => CalendarEntry, {
    required: false,
    description:
      'Email: an entry of the recipient’s calendar, as a file that calendars read. The organizer is the sender, who must be the same in every message about it',
  })
  calendar?: CalendarEntry;

  @Text({
    required: false,
    max: ADDRESS_LENGTH,
    description: 'Email: where answers go, if not to the sender',
    example: 'box-office@riverside.example',
  })
  replyTo?: string;

  @TextList({
    required: false,
    max: COPIES,
    of: isShort,
    meaning: 'an email address',
    description: 'Email: who gets a copy. Consent is not asked for copies, so marketing has none',
    example: ['parent@example.com'],
  })
  cc?: string[];

  @TextList({
    required: false,
    max: COPIES,
    of: isShort,
    meaning: 'an email address',
    description: 'The same, unseen by the others',
    example: ['archive@riverside.example'],
  })
  bcc?: string[];

  @NestedList(() => MailHeaderField, {
    required: false,
    max: HEADERS,
    description:
      'Email: extra headers, each once: names that begin with `X-`, and `Auto-Submitted`, `Feedback-ID`, `Importance`, `In-Reply-To`, `Keywords`, `Organization`, `Precedence`, `Priority`, `References`. Those of providers (`X-SES-`, `X-SMTPAPI` and the like) are their own',
  })
  headers?: MailHeaderField[];
}

/** The fields by name. */
export const MAIL_FIELDS = [
  'attachments',
  'calendar',
  'replyTo',
  'cc',
  'bcc',
  'headers',
] as const satisfies (keyof MailOptions)[];

export class CarriedFileView {
  @Id() id: string;
  @ApiProperty({ type: String, nullable: true, example: 'ticket-A-1001.pdf', description: 'Null once it is not kept' })
  name: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'application/pdf' }) mediaType: string | null;
  @ApiProperty({ type: Number, nullable: true, example: 48_210 }) bytes: number | null;
  @ApiProperty({ type: String, nullable: true, description: 'Of a picture within the HTML' }) contentId: string | null;
}

export class CalendarView {
  @ApiProperty({ enum: ['REQUEST', 'CANCEL'] }) method: 'REQUEST' | 'CANCEL';
  @ApiProperty({ type: String, example: 'order-A-1001@riverside.example' }) uid: string;
  @ApiProperty({ type: Number, example: 217_900_800 }) sequence: number;
  @ApiProperty({ type: String, example: 'Summer Night' }) title: string;
  @Instant() startsAt: string;
  @Instant() endsAt: string;
  @ApiProperty({ type: String, required: false }) description?: string;
  @ApiProperty({ type: String, required: false }) location?: string;
  @ApiProperty({ type: String, required: false }) url?: string;
}

/** What an email has beside its text. */
export class MailView {
  @ApiProperty({ type: [CarriedFileView], description: 'Those of its template first' }) attachments: CarriedFileView[];
  @ApiProperty({ type: CalendarView, nullable: true }) calendar: CalendarView | null;
  @ApiProperty({ type: String, nullable: true, example: 'box-office@riverside.example' }) replyTo: string | null;
  @ApiProperty({ type: [String] }) cc: string[];
  @ApiProperty({ type: [String] }) bcc: string[];
  @ApiProperty({ type: [MailHeaderField] }) headers: MailHeaderField[];
}
