/** Request and response shapes of the tenant routes. */
import { ApiProperty } from '@nestjs/swagger';
import {
  Flag,
  Id,
  Instant,
  Int,
  Nested,
  OneOf,
  PageQuery,
  REGION,
  RequestsPerMinuteBody,
  Text,
  TextList,
} from '../kernel/index.js';
import { carriersOf, NUMBER_TYPES, type NumberType } from '../providers/index.js';
import { CATEGORIES, type Category, type ProviderName } from './channels.js';
import { QuietHours } from './quiet-hours.dto.js';
import { Retention } from './retention.dto.js';
import { Countries, Country, LinkHosts, TimeZone } from './tenants.fields.js';

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

  @TimeZone({ default: 'UTC', description: 'IANA time zone: it decides where a month begins' })
  timezone: string = 'UTC';

  @Text({ required: false, ...CURRENCY, default: 'USD' })
  currency: string = 'USD';

  @Country({ description: 'Where phone numbers without a country code are from' })
  country?: string;

  @Text({
    required: false,
    ...REGION,
    description: 'Where it is, with all that is about it, for good; by default in the region that is asked',
  })
  region?: string;
}

export class ListTenantsQuery extends PageQuery {
  @Text({ required: false, max: 63, example: 'riverside', description: 'The tenant with this slug, if there is one' })
  slug?: string;

  @Text({ required: false, ...REGION, description: 'Of which region; by default of the one that is asked' })
  region?: string;
}

export class UpdateTenantBody {
  @Text({ required: false, max: 200 })
  name?: string;

  @TimeZone()
  timezone?: string;

  @Text({ required: false, ...CURRENCY })
  currency?: string;

  @Country()
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

export class ProviderChoiceBody {
  @OneOf(carriersOf('email'), { required: false, nullable: true, example: 'sendgrid', description: 'null removes it' })
  email?: ProviderName | null;

  @OneOf(carriersOf('sms'), { required: false, nullable: true, example: 'plivo', description: 'For MMS too' })
  sms?: ProviderName | null;
}

export class AutoNumbersBody {
  @Text({ max: 2, pattern: /^[A-Z]{2}$/, meaning: 'a country as ISO 3166-1 alpha-2, such as US', example: 'US' })
  country: string;

  @OneOf(NUMBER_TYPES, { required: false, default: 'local' })
  type: NumberType = 'local';

  @Text({
    required: false,
    max: 3,
    pattern: /^[2-9]\d{2}$/,
    meaning: 'an area code of North America, such as 415',
    example: '415',
  })
  areaCode?: string;
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

  @TextList({
    required: false,
    max: CATEGORIES.length,
    of: CATEGORIES,
    description:
      'Categories in which a message that is in doubt for three days ends as `failed`; in others it stays `unknown` until somebody decides',
  })
  giveUpDoubts?: Category[];

  @TextList({
    required: false,
    max: CATEGORIES.length,
    of: CATEGORIES,
    description:
      'Categories in which a message that is in doubt for half a minute is sent once more: it may then arrive twice. For alerts',
  })
  retryUncertain?: Category[];

  @Flag({
    required: false,
    description: 'Refuse messages and campaigns that name no `venueId`, in place of sending them as the default venue',
  })
  requireVenueId?: boolean;

  @Flag({
    required: false,
    description:
      'Refuse templates of marketing email without `{{ unsubscribe_url }}` or `{{ preferences_url }}`. Off: people leave by the button of their mail program alone',
  })
  requireUnsubscribeLink?: boolean;

  @Flag({
    required: false,
    description: 'Refuse marketing by SMS, MMS and WhatsApp that does not name its venue, and how to leave',
  })
  requireIdentification?: boolean;

  @Int({ required: false, min: 0, max: 10_000, example: 10, description: 'How many numbers it may rent' })
  maxNumbers?: number;

  @Text({
    required: false,
    max: 63,
    pattern: /^[a-z0-9]+(-[a-z0-9]+)*$/,
    meaning: 'lower-case letters, digits and single hyphens',
    example: 'standard',
    description: 'Whose prices it is charged by; for the admin key alone',
  })
  plan?: string;

  @Nested(() => RequestsPerMinuteBody, {
    required: false,
    example: { send: 30_000 },
    description:
      'How many requests all its keys together may make in a minute, in place of the former: beside what each may; for the admin key alone',
  })
  requestsPerMinute?: RequestsPerMinuteBody;

  @Nested(() => AutoNumbersBody, {
    required: false,
    nullable: true,
    example: { country: 'US', areaCode: '415' },
    description:
      'A venue without a number that sends its first SMS gets one of this kind; the message waits for it. null: none is rented by itself',
  })
  autoNumbers?: AutoNumbersBody | null;

  @Nested(() => ProviderChoiceBody, {
    required: false,
    example: { email: 'sendgrid' },
    description:
      'The provider of new senders that name none, and of venues without a sender, where the platform has an address there; channels left out keep theirs',
  })
  defaultProviders?: ProviderChoiceBody;

  @Nested(() => ProviderChoiceBody, {
    required: false,
    example: { email: 'sendgrid' },
    description: 'The same for marketing, in place of `defaultProviders`',
  })
  marketingProviders?: ProviderChoiceBody;

  @LinkHosts({ required: false })
  linkHosts?: string[];

  @TextList({
    required: false,
    max: CATEGORIES.length,
    of: CATEGORIES,
    description: 'Categories of the messages in which links are counted',
  })
  linkCategories?: Category[];

  @Countries({
    required: false,
    nullable: true,
    description:
      'Where texts, WhatsApp messages and calls may go, of the countries that the platform allows; null: to all of these',
  })
  allowedCountries?: string[] | null;

  @Nested(() => QuietHours, {
    required: false,
    nullable: true,
    example: { hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '20:00' }] },
    description:
      'Marketing to people for whom it is another hour waits until these begin; each time the whole is given. null: it goes at any hour',
  })
  quietHours?: QuietHours | null;

  @Nested(() => Retention, {
    required: false,
    nullable: true,
    example: { contentDays: 90, recipientDays: 730 },
    description:
      'After how many days personal data are erased; each time the whole is given. null: as the platform says',
  })
  retention?: Retention | null;

  @Int({
    required: false,
    nullable: true,
    min: 1,
    max: 100_000_000,
    example: 10_000,
    description:
      'A campaign for so many people of its audience, or more, starts only when a second person has approved it; 1: every one, null: none',
  })
  campaignApprovalFrom?: number | null;
}

export class ProviderChoiceView {
  @ApiProperty({ enum: carriersOf('email'), nullable: true, example: 'sendgrid', description: 'null: the platform’s' })
  email: ProviderName | null;

  @ApiProperty({ enum: carriersOf('sms'), nullable: true, example: null, description: 'For MMS too' })
  sms: ProviderName | null;
}

export class SettingsView {
  @Flag() emailEnabled: boolean;
  @Flag() smsEnabled: boolean;
  @Flag() whatsappEnabled: boolean;
  @Flag() voiceEnabled: boolean;
  @ApiProperty({ type: RequireOptIn }) requireOptIn: Required<RequireOptIn>;
  @Flag() requireVenueId: boolean;
  @Flag() requireUnsubscribeLink: boolean;
  @Flag() requireIdentification: boolean;
  @Int({ min: 0, max: 10_000, example: 10 }) maxNumbers: number;
  @Text({ max: 63, example: 'standard', description: 'Whose prices it is charged by' }) plan: string;
  @ApiProperty({ type: RequestsPerMinuteBody }) requestsPerMinute: RequestsPerMinuteBody;
  @ApiProperty({ type: AutoNumbersBody, nullable: true }) autoNumbers: AutoNumbersBody | null;
  @ApiProperty({ type: ProviderChoiceView }) defaultProviders: ProviderChoiceView;
  @ApiProperty({ type: ProviderChoiceView }) marketingProviders: ProviderChoiceView;
  @ApiProperty({ enum: CATEGORIES, isArray: true }) giveUpDoubts: Category[];
  @ApiProperty({ enum: CATEGORIES, isArray: true }) retryUncertain: Category[];
  @ApiProperty({ type: [String], example: ['example.com'] }) linkHosts: string[];
  @ApiProperty({ enum: CATEGORIES, isArray: true }) linkCategories: Category[];
  @ApiProperty({ type: QuietHours, nullable: true }) quietHours: QuietHours | null;
  @ApiProperty({ type: Retention, nullable: true }) retention: Retention | null;
  @Int({ nullable: true, min: 1, max: 100_000_000, example: 10_000 }) campaignApprovalFrom: number | null;
  @ApiProperty({ type: [String], nullable: true, example: ['DE', 'AT'] }) allowedCountries: string[] | null;
}

export class TenantView {
  @Id() id: string;
  @Text({ max: 200, example: 'Riverside Festivals' }) name: string;
  @Text({ max: 63, example: 'riverside' }) slug: string;
  @Text({ max: 64, example: 'Europe/Berlin' }) timezone: string;
  @Text({ ...CURRENCY }) currency: string;
  @ApiProperty({ type: String, nullable: true, example: 'DE' }) country: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'eu', description: 'Where it is; null: there are no regions' })
  region: string | null;
  @Id({ description: 'The venue of messages that name none' }) defaultVenueId: string;
  @ApiProperty({ type: SettingsView }) settings: SettingsView;
  @Instant() createdAt: string;
}
