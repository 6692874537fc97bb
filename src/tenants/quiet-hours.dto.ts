/** The quiet hours of a tenant: when marketing may go, by the recipient's clock. */
import { Flag, NestedList, Text, TextList } from '../kernel/index.js';
import { Country } from './tenants.fields.js';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Channels as consent and switches name them: `sms` is for MMS too. */
export const QUIET_CHANNELS = ['sms', 'whatsapp', 'voice', 'email'] as const;
export type QuietChannel = (typeof QUIET_CHANNELS)[number];

const TIME = { max: 5, example: '08:00' };
const DAILY = [{ days: [...WEEKDAYS], from: '08:00', to: '21:00' }];

/** Hours of some days in which marketing may go; the end is the first minute after them. */
export class SendingHours {
  @TextList({ min: 1, max: 7, of: WEEKDAYS, example: ['mon', 'tue', 'wed', 'thu', 'fri'] })
  days: Weekday[];

  @Text({ ...TIME, pattern: /^([01]\d|2[0-3]):[0-5]\d$/, meaning: 'a time such as 08:00' })
  from: string;

  @Text({
    ...TIME,
    pattern: /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
    meaning: 'a time such as 21:00; midnight is 24:00',
    example: '21:00',
    description: 'Later on the same day',
  })
  to: string;
}

export class CountryHours {
  @Country({ required: true })
  country: string;

  @NestedList(() => SendingHours, { min: 1, max: 21 })
  hours: SendingHours[];
}

/** All fields may be left out. */
export class QuietHours {
  @TextList({
    required: false,
    max: QUIET_CHANNELS.length,
    of: QUIET_CHANNELS,
    default: ['sms', 'whatsapp', 'voice'],
    description: 'Channels whose marketing waits; `sms` is for MMS too',
  })
  channels: QuietChannel[] = ['sms', 'whatsapp', 'voice'];

  @NestedList(() => SendingHours, {
    required: false,
    min: 1,
    max: 21,
    default: DAILY,
    description: 'When marketing may go, on the recipient’s clock',
  })
  hours: SendingHours[] = DAILY.map((hours) => ({ ...hours }));

  @NestedList(() => CountryHours, {
    required: false,
    max: 250,
    default: [],
    description:
      'The same for recipients in certain countries, in place of `hours` and of what the law there says by our list',
  })
  countries: CountryHours[] = [];

  @Flag({
    required: false,
    default: true,
    description: 'Whether what the law of a recipient’s country says by our list must be kept beside `hours`',
  })
  legalDefaults: boolean = true;
}
