/** Shapes of the tenant routes. */
import { ApiProperty } from '@nestjs/swagger';
import { IsTimeZone } from 'class-validator';
import { Flag, Id, Instant, Nested, Text } from '../kernel/index.js';

const COUNTRY = {
  max: 2,
  pattern: /^[A-Z]{2}$/,
  meaning: 'a country as ISO 3166-1 alpha-2, such as DE',
  example: 'DE',
};
const CURRENCY = { max: 3, pattern: /^[A-Z]{3}$/, meaning: 'a currency as ISO 4217, such as EUR', example: 'EUR' };

export class CreateTenantBody {
  @Text({ max: 200, example: 'Riverside Festivals' })
  name: string;

  @Text({
    max: 63,
    pattern: /^[a-z0-9]+(-[a-z0-9]+)*$/,
    meaning: 'lower-case letters, digits and single hyphens',
    example: 'riverside',
  })
  slug: string;

  @Text({
    required: false,
    max: 64,
    example: 'Europe/Berlin',
    default: 'UTC',
    description: 'IANA time zone: it decides where a month begins',
  })
  @IsTimeZone({ message: 'timezone must be an IANA time zone, such as Europe/Berlin' })
  timezone: string = 'UTC';

  @Text({ required: false, ...CURRENCY, default: 'USD' })
  currency: string = 'USD';

  @Text({ required: false, ...COUNTRY, description: 'Where phone numbers without a country code are from' })
  country?: string;
}

export class UpdateTenantBody {
  @Text({ required: false, max: 200 })
  name?: string;

  @Text({ required: false, max: 64, example: 'Europe/Berlin' })
  @IsTimeZone({ message: 'timezone must be an IANA time zone, such as Europe/Berlin' })
  timezone?: string;

  @Text({ required: false, ...CURRENCY })
  currency?: string;

  @Text({ required: false, ...COUNTRY })
  country?: string;
}

export class RequireOptIn {
  @Flag({ required: false })
  email?: boolean;

  @Flag({ required: false, description: 'For MMS too' })
  sms?: boolean;

  @Flag({ required: false })
  whatsapp?: boolean;

  @Flag({ required: false })
  voice?: boolean;
}

export class UpdateSettingsBody {
  @Flag({ required: false, example: true })
  emailEnabled?: boolean;

  @Flag({ required: false, description: 'For MMS too' })
  smsEnabled?: boolean;

  @Flag({ required: false })
  whatsappEnabled?: boolean;

  @Flag({ required: false })
  voiceEnabled?: boolean;

  @Nested(() => RequireOptIn, {
    required: false,
    example: { sms: true },
    description:
      'Channels on which even transactional messages go only to people who opted in; channels left out keep their setting',
  })
  requireOptIn?: RequireOptIn;
}

export class SettingsView {
  @Flag() emailEnabled: boolean;
  @Flag() smsEnabled: boolean;
  @Flag() whatsappEnabled: boolean;
  @Flag() voiceEnabled: boolean;
  @ApiProperty({ type: RequireOptIn }) requireOptIn: Required<RequireOptIn>;
}

export class TenantView {
  @Id() id: string;
  @Text({ max: 200, example: 'Riverside Festivals' }) name: string;
  @Text({ max: 63, example: 'riverside' }) slug: string;
  @Text({ max: 64, example: 'Europe/Berlin' }) timezone: string;
  @Text({ ...CURRENCY }) currency: string;
  @ApiProperty({ type: String, nullable: true, example: 'DE' }) country: string | null;
  @Id({ description: 'The venue of messages that name none' }) defaultVenueId: string;
  @ApiProperty({ type: SettingsView }) settings: SettingsView;
  @Instant() createdAt: string;
}
