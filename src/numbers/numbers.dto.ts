/** Request and response shapes of the number routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Id, Instant, Int, IntParam, iso, Nested, OneOf, PageQuery, Text, TextList } from '../kernel/index.js';
import { NUMBER_CHANNELS, NUMBER_TYPES, type NumberChannel, type NumberType } from '../providers/index.js';
import { PROVIDERS, VenueRef, type ProviderName } from '../tenants/index.js';
import { NUMBER_FAULTS, NUMBER_STATUSES, type NumberFaultWord, type NumberStatus } from './number.rules.js';
import type { NumberRow } from './number-row.js';

const COUNTRY = {
  max: 2,
  pattern: /^[A-Z]{2}$/,
  meaning: 'a country as ISO 3166-1 alpha-2, such as US',
  example: 'US',
};
const AREA_CODE = {
  required: false,
  max: 3,
  pattern: /^[2-9]\d{2}$/,
  meaning: 'an area code of North America, such as 415',
  example: '415',
} as const;
const CONTAINS = {
  required: false,
  max: 15,
  pattern: /^[\d*]{2,15}$/,
  meaning: 'digits, with * for any one, such as 555**00',
  description: 'Digits in it, `*` for any one',
  example: '555',
} as const;
const PROVIDER = {
  required: false,
  example: 'twilio',
  description: 'Left out: the one that usually carries SMS, if it rents such numbers, else Twilio',
} as const;
const CHANNELS_TOLD = { min: 1, max: NUMBER_CHANNELS.length, of: NUMBER_CHANNELS, example: ['sms'] };

/** What sort of number is wanted. */
export class NumberSearchBody {
  @Text(COUNTRY)
  country: string;

  @OneOf(NUMBER_TYPES, { required: false, default: 'local' })
  type: NumberType = 'local';

  @Text(AREA_CODE)
  areaCode?: string;

  @Text(CONTAINS)
  contains?: string;
}

export class AvailableNumbersQuery extends NumberSearchBody {
  @OneOf(NUMBER_CHANNELS, { required: false, default: 'sms', description: 'What it must carry' })
  channel: NumberChannel = 'sms';

  @OneOf(PROVIDERS, PROVIDER)
  provider?: ProviderName;

  @IntParam({ required: false, min: 1, max: 50, default: 10 })
  limit: number = 10;
}

export class OrderNumberBody {
  @VenueRef({ description: 'The venue that is to speak from it' })
  venueId: string;

  @Text({ required: false, max: 20, example: '+14155550100', description: 'This number; or else `search`' })
  address?: string;

  @Nested(() => NumberSearchBody, {
    required: false,
    example: { country: 'US', areaCode: '415' },
    description: 'Any number of this kind: the first that can be had',
  })
  search?: NumberSearchBody;

  @TextList({ required: false, ...CHANNELS_TOLD, description: 'What it is to carry; `sms` unless given' })
  channels?: NumberChannel[];

  @OneOf(PROVIDERS, PROVIDER)
  provider?: ProviderName;

  @Text({
    required: false,
    max: 64,
    example: 'MG0123456789abcdef0123456789abcdef',
    description: 'A Messaging Service of the account that it joins, and that speaks for the venue',
  })
  pool?: string;

  @Flag({
    required: false,
    example: false,
    description:
      'Take over `address`, which the account has already, in place of renting it; it is not given back later',
  })
  attach?: boolean;
}

export class ReleaseNumberBody {
  @Int({
    required: false,
    min: 0,
    max: 365,
    default: 30,
    description: 'How long a rented number is kept, and hears a late STOP, before it is given back',
  })
  quarantineDays: number = 30;
}

export class NumbersQuery extends PageQuery {
  @VenueRef({ required: false, description: 'Only of this venue' })
  venueId?: string;

  @OneOf(NUMBER_STATUSES, { required: false })
  status?: NumberStatus;

  @Text({ required: false, max: 20, example: '+14155550100', description: 'Whose was it?' })
  address?: string;
}

export class AvailableNumberView {
  @Text({ max: 20, example: '+14155550100' }) address: string;
  @ApiProperty({ enum: NUMBER_CHANNELS, isArray: true }) channels: readonly NumberChannel[];
  @ApiProperty({ type: String, nullable: true, example: 'San Francisco' }) locality: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'CA' }) region: string | null;
}

export class AvailableNumbersView {
  @OneOf(PROVIDERS, { example: 'twilio' }) provider: ProviderName;
  @ApiProperty({ type: [AvailableNumberView] }) items: AvailableNumberView[];
}

const NULLABLE_TIME = { type: String, format: 'date-time', nullable: true } as const;

export class NumberView {
  @Id() id: string;
  @Id() venueId: string;
  @ApiProperty({ type: String, nullable: true, example: '+14155550100', description: 'Null until one is chosen' })
  address: string | null;
  @ApiProperty({ enum: NUMBER_CHANNELS, isArray: true }) channels: readonly NumberChannel[];
  @OneOf(PROVIDERS, { example: 'twilio' }) provider: ProviderName;
  @ApiProperty({ type: String, nullable: true, description: 'The provider’s own id of it' }) providerId: string | null;
  @ApiProperty({ type: String, nullable: true }) pool: string | null;
  @Flag({ description: 'Rented by Callboard, and given back once it is released' }) rented: boolean;
  @OneOf(NUMBER_STATUSES, { example: 'active' }) status: NumberStatus;
  @ApiProperty({
    enum: NUMBER_FAULTS,
    nullable: true,
    description: 'Why there is none. `unfit`: it cannot carry what was asked for, or the venue cannot have it',
  })
  fault: NumberFaultWord | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '21422',
    description: 'The provider’s code or ours, also of what is tried again',
  })
  faultCode: string | null;
  @Instant() createdAt: string;
  @ApiProperty({ ...NULLABLE_TIME, description: 'Since then it was the venue’s' }) assignedAt: string | null;
  @ApiProperty({ ...NULLABLE_TIME, description: 'Until then it was the venue’s' }) releasedAt: string | null;
  @ApiProperty({ ...NULLABLE_TIME, description: 'Kept until then' }) quarantineUntil: string | null;
  @ApiProperty({ ...NULLABLE_TIME, description: 'When it was given back to the provider' }) returnedAt: string | null;
  @ApiProperty({ ...NULLABLE_TIME, description: 'When it was last looked at, at the provider' })
  checkedAt: string | null;
  @ApiProperty({
    enum: ['missing'],
    nullable: true,
    type: String,
    description: '`missing`: the account has it no more, nothing can be sent from it',
  })
  problem: 'missing' | null;
}

export class VerifiedNumberView extends NumberView {
  @Flag({ description: 'Its webhook pointed elsewhere, and was set to ours' }) repaired: boolean;
}

export const numberView = (row: NumberRow): NumberView => ({
  id: row.id,
  venueId: row.venue_id,
  address: row.address,
  channels: row.channels,
  provider: row.provider,
  providerId: row.provider_id,
  pool: row.pool,
  rented: row.bought,
  status: row.status,
  fault: row.fault,
  faultCode: row.fault_code,
  createdAt: iso(row.created_at),
  assignedAt: iso(row.assigned_at),
  releasedAt: iso(row.released_at),
  quarantineUntil: iso(row.quarantine_until),
  returnedAt: iso(row.returned_at),
  checkedAt: iso(row.checked_at),
  problem: row.problem,
});
