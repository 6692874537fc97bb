/** Names of channels and categories, for code, API, tables and docs alike; the channels themselves are the providers'. */
import type { Channel } from '../providers/index.js';

export { CARRIED_CHANNELS, CHANNELS, PROVIDERS, type Channel, type ProviderName } from '../providers/index.js';

/** `emergency` is for alerts: it goes before everything else, and asks for no opt-in. A STOP counts for it too. */
export const CATEGORIES = ['transactional', 'marketing', 'emergency'] as const;
export type Category = (typeof CATEGORIES)[number];

/**
 * The channel that consent, switches and numbers are kept under: an MMS is a text from the same number to the same person
 * (Twilio has kept one opt-out list for SMS, MMS and RCS of a sender since 2026-03-16).
 */
export const consentChannel = <C extends Channel>(channel: C): Exclude<C, 'mms'> | 'sms' =>
  channel === 'mms' ? 'sms' : (channel as Exclude<C, 'mms'>);

/** The same in SQL, for an expression that is a channel. */
export const consentChannelSql = (channel: string): string =>
  `case ${channel} when 'mms' then 'sms' else ${channel} end`;

/** The channels of a sender that can send on this one: a number that sends texts sends pictures too, and the reverse. */
export const channelsBeside = (channel: Channel): Channel[] =>
  consentChannel(channel) === 'sms' ? ['sms', 'mms'] : [channel];

/** The two kinds of address that a person can have. */
export const ADDRESS_KINDS = ['email', 'phone'] as const;
export type AddressKind = (typeof ADDRESS_KINDS)[number];

/** The kind of address that a channel writes to. */
export const addressKindOf = (channel: Channel): AddressKind => (channel === 'email' ? 'email' : 'phone');

/** Whether people read it as a text: by SMS, MMS or WhatsApp. */
export const isTexted = (channel: Channel): boolean => ['sms', 'whatsapp'].includes(consentChannel(channel));
