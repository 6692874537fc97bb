/** The ways that a message travels: the words of code, API, tables and docs alike. */
export const CHANNELS = ['email', 'sms', 'mms', 'whatsapp', 'voice'] as const;
export type Channel = (typeof CHANNELS)[number];
