/** The words for how a message travels and why: used in code, API, tables and docs alike. */

export const CHANNELS = ['email', 'sms', 'mms', 'whatsapp', 'voice'] as const;
export type Channel = (typeof CHANNELS)[number];

export const CATEGORIES = ['transactional', 'marketing'] as const;
export type Category = (typeof CATEGORIES)[number];

export const PROVIDERS = ['ses', 'resend', 'twilio'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** What each provider carries. */
export const CARRIED_BY: Readonly<Record<ProviderName, readonly Channel[]>> = {
  ses: ['email'],
  resend: ['email'],
  twilio: ['sms', 'mms', 'whatsapp', 'voice'],
};

/**
 * The channel that consent, switches and numbers are kept under: an MMS is a text from the same number to the same person
 * (Twilio has kept one opt-out list for SMS, MMS and RCS of a sender since 2026-03-16).
 */
export const consentChannel = (channel: Channel): Exclude<Channel, 'mms'> => (channel === 'mms' ? 'sms' : channel);

/** The same in SQL, for an expression that is a channel. */
export const consentChannelSql = (channel: string): string =>
  `case ${channel} when 'mms' then 'sms' else ${channel} end`;

/** The two kinds of address that a person can have. */
export const ADDRESS_KINDS = ['email', 'phone'] as const;
export type AddressKind = (typeof ADDRESS_KINDS)[number];

/** The kind of address that a channel writes to. */
export const addressKindOf = (channel: Channel): AddressKind => (channel === 'email' ? 'email' : 'phone');
