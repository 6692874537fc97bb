/**
 * When the law, or the code that providers enforce, lets marketing go in a country. Defaults that a tenant's counsel must check: public holidays
 * and rules of single states are not in them.
 */
import type { Channel, SendingHours, Weekday } from '../../tenants/index.js';

const DAILY: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const WORKDAYS: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const WEEKEND: Weekday[] = ['sat', 'sun'];
const TO_SATURDAY: Weekday[] = [...WORKDAYS, 'sat'];

interface LegalHours {
  readonly channels: readonly Channel[];
  readonly hours: readonly SendingHours[];
}

const PHONE: readonly Channel[] = ['sms', 'whatsapp', 'voice'];

/** By country, as ISO 3166-1 alpha-2. The page docs/sending-rules.md names the same sources. */
const BY_COUNTRY: Readonly<Record<string, readonly LegalHours[]>> = {
  // 47 CFR 64.1200(c)(1): not before 8 a.m. or after 9 p.m. at the called party's location.
  US: [{ channels: PHONE, hours: [{ days: DAILY, from: '08:00', to: '21:00' }] }],
  // CRTC, Unsolicited Telecommunications Rules, part III, section 23.
  CA: [
    {
      channels: ['voice'],
      hours: [
        { days: WORKDAYS, from: '09:00', to: '21:30' },
        { days: WEEKEND, from: '10:00', to: '18:00' },
      ],
    },
  ],
  FR: [
    // AF2M, charter of the operators on marketing by text.
    { channels: ['sms', 'whatsapp'], hours: [{ days: TO_SATURDAY, from: '08:00', to: '20:00' }] },
    // Code de la consommation, article D. 223-9 (décret 2022-1313).
    {
      channels: ['voice'],
      hours: [
        { days: WORKDAYS, from: '10:00', to: '13:00' },
        { days: WORKDAYS, from: '14:00', to: '20:00' },
      ],
    },
  ],
  // Real Decreto Legislativo 1/2007, article 96.2.
  ES: [{ channels: ['voice'], hours: [{ days: WORKDAYS, from: '09:00', to: '21:00' }] }],
  // TRAI, Telecom Commercial Communications Customer Preference Regulations 2018.
  IN: [{ channels: PHONE, hours: [{ days: DAILY, from: '10:00', to: '21:00' }] }],
  // Telecommunications (Telemarketing and Research Calls) Industry Standard 2017, section 8.
  AU: [
    {
      channels: ['voice'],
      hours: [
        { days: WORKDAYS, from: '09:00', to: '20:00' },
        { days: ['sat'], from: '09:00', to: '17:00' },
      ],
    },
  ],
};

/** Undefined where our list has nothing for the channel there. `channel` is as consent names it. */
export const legalHours = (country: string, channel: Channel): readonly SendingHours[] | undefined =>
  BY_COUNTRY[country]?.find(({ channels }) => channels.includes(channel))?.hours;
