/** The channels, as named in code, API, tables and docs. */
export const CHANNELS = ['email', 'sms', 'mms', 'whatsapp', 'voice'] as const;
export type Channel = (typeof CHANNELS)[number];
