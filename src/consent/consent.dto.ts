/** Request and response shapes of the consent routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, OneOf, PageQuery, Text } from '../kernel/index.js';
import { CHANNELS, VenueRef, type Channel } from '../tenants/index.js';
import {
  CONSENT_STATUSES,
  DECISIONS,
  OPT_OUT_CATEGORIES,
  type ConsentStatus,
  type Decision,
  type OptOutCategory,
} from './consent.entity.js';
import { CategoryOfOptOut, Contacts, Evidence, PastInstant } from './consent.fields.js';

export const CHANNEL = {
  required: false,
  example: 'sms',
  description: 'Where absent: `email` for an address with an @, else `sms`. MMS counts as SMS',
};
export const SOURCE = { max: 100, pattern: /^\P{Cc}+$/u, meaning: 'one line of text', example: 'checkout' };

export class ConsentQuery {
  @OneOf(CHANNELS, CHANNEL)
  channel?: Channel;

  @Instant({
    required: false,
    description: 'The state at this instant, by when things were decided; the present state where absent',
  })
  at?: Date;
}

export class ConsentLogQuery extends PageQuery {
  @OneOf(CHANNELS, CHANNEL)
  channel?: Channel;
}

const CATEGORY_IN_FORCE = {
  enum: OPT_OUT_CATEGORIES,
  type: String,
  nullable: true,
  example: null,
  description: 'What an opt-out is of alone; null for everything',
} as const;

export class SetConsentBody {
  @OneOf(DECISIONS)
  status: Decision;

  @CategoryOfOptOut()
  category?: OptOutCategory;

  @OneOf(CHANNELS, CHANNEL)
  channel?: Channel;

  @Text({ ...SOURCE, description: 'Where the person decided it' })
  source: string;

  @Evidence()
  evidence?: Record<string, unknown>;

  @PastInstant({ required: false, description: 'When the person decided it; now where absent' })
  occurredAt?: Date;
}

export class ImportContact {
  @Text({ max: 320, example: '+4915112345678' })
  address: string;

  @OneOf(DECISIONS)
  status: Decision;

  @CategoryOfOptOut()
  category?: OptOutCategory;

  @PastInstant({ required: false, description: 'When the person decided it; now where absent' })
  occurredAt?: Date;

  @Evidence()
  evidence?: Record<string, unknown>;
}

export class ImportConsentBody {
  @VenueRef()
  venueId: string;

  @OneOf(CHANNELS, { example: 'sms' })
  channel: Channel;

  @Text({ ...SOURCE, example: 'import' })
  source: string;

  @Contacts(() => ImportContact)
  contacts: unknown[];
}

export class ImportFault {
  @ApiProperty({ type: 'integer', example: 3, description: 'The place in `contacts`, from 0' }) index: number;
  @Text({ max: 100, example: 'invalid_address' }) code: string;
  @Text({ max: 500, example: 'This is not a phone number' }) detail: string;
  @ApiProperty({
    type: [String],
    required: false,
    example: ['+4915712345678', '+15712345678'],
    description: 'The numbers that an ambiguous one can be',
  })
  suggestions?: readonly string[];
}

export class ImportView {
  @ApiProperty({ type: 'integer', example: 998, description: 'Contacts whose state it changed' }) imported: number;
  @ApiProperty({
    type: 'integer',
    example: 1,
    description: 'Contacts that were so already, or decided otherwise since',
  })
  unchanged: number;
  @ApiProperty({ type: [ImportFault] }) errors: ImportFault[];
}

/** A STOP to a number that stops a venue's messages, though it was not said to the venue. */
export class StandingNumberOptOut {
  @Text({ max: 16, example: '+15551234567', description: 'The number that the venue would send from' }) number: string;
  @Instant({ description: 'When the person last said so' }) occurredAt: string;
}

export class ConsentView {
  @Id() venueId: string;
  @OneOf(CHANNELS, { example: 'sms' }) channel: Channel;
  @Text({ max: 320, example: '+4915112345678', description: 'Normalised' }) address: string;
  @OneOf(CONSENT_STATUSES) status: ConsentStatus;
  @ApiProperty(CATEGORY_IN_FORCE) category: OptOutCategory | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'checkout',
    description: 'Where it was decided; null while unknown',
  })
  source: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the person decided it' })
  occurredAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When we learned of it' })
  updatedAt: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'ticket shop',
    description: 'Where the first decision of the log came from',
  })
  firstSource: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the person made it' })
  firstAt: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The newest opt-in, even if it no longer holds',
  })
  lastOptInAt: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The newest opt-out, even if it no longer holds',
  })
  lastOptOutAt: string | null;
  @ApiProperty({
    type: StandingNumberOptOut,
    nullable: true,
    description:
      'Where the person said STOP to the shared number that this venue sends from on this channel: nothing goes until they text START to it, whatever `status` says',
  })
  numberOptOut: StandingNumberOptOut | null;
}

export class ConsentEventView {
  @Id() id: string;
  @OneOf(DECISIONS) status: Decision;
  @ApiProperty(CATEGORY_IN_FORCE) category: OptOutCategory | null;
  @OneOf(CONSENT_STATUSES, { example: 'unknown', description: 'The state when this was recorded' })
  previousStatus: ConsentStatus;
  @Text({ max: 100, example: 'checkout' }) source: string;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, example: { orderId: 'R-1042' } })
  evidence: Record<string, unknown> | null;
  @Text({
    max: 100,
    example: 'key:0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12',
    description: 'Who said so: `admin`, `key:<id>`, `recipient` or `provider`',
  })
  actor: string;
  @Instant({ description: 'When the person decided it' }) occurredAt: string;
  @Instant({ description: 'When we learned of it' }) recordedAt: string;
}
