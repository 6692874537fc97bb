/** The rows of conversations, and on which channels each goes on. */
import type { Channel } from '../tenants/index.js';
import type { ReceivedMediaFacts } from './received-media.js';

/** What people can answer on: a picture belongs to the texts. */
export const CONVERSATION_CHANNELS = ['sms', 'whatsapp'] as const;
export type ConversationChannel = (typeof CONVERSATION_CHANNELS)[number];

/** A venue and a person on a channel. Times are PostgreSQL text. */
export interface ConversationRow {
  readonly id: string;
  readonly venue_id: string;
  readonly channel: ConversationChannel;
  /** Theirs. */
  readonly person: string;
  /** Ours, which they wrote to last: a number, or its pool. */
  readonly number: string;
  readonly received: number;
  readonly unread: number;
  readonly last_received_at: string;
}

/** What a person wrote. */
export interface ReceivedRow {
  readonly id: string;
  readonly channel: Channel;
  readonly body: string;
  readonly keyword: string | null;
  readonly media: readonly ReceivedMediaFacts[];
  readonly at: string;
}

/** What people wrote, for other modules' statements: none of what was erased. */
export const RECEIVED_TEXTS = '(select received_id, body from received_text)';

export const conversationChannel = (channel: Channel): ConversationChannel =>
  channel === 'whatsapp' ? 'whatsapp' : 'sms';

export const channelsOf = (channel: ConversationChannel): readonly Channel[] =>
  channel === 'sms' ? ['sms', 'mms'] : ['whatsapp'];
