/** Conversations and their messages as answered. */
import { iso } from '../kernel/index.js';
import type { ConversationRow, ReceivedRow } from './conversation-row.js';
import type { ConversationMessageView, ConversationView } from './conversations.dto.js';

export const conversationView = ({
  id,
  venue_id: venueId,
  channel,
  person,
  number,
  received,
  unread,
  last_received_at: lastReceivedAt,
}: ConversationRow): ConversationView => ({
  id,
  venueId,
  channel,
  person,
  number,
  received,
  unread,
  lastReceivedAt: iso(lastReceivedAt),
});

export const receivedView = ({ id, channel, body, keyword, media, at }: ReceivedRow): ConversationMessageView => ({
  id,
  direction: 'inbound',
  channel,
  at: iso(at),
  text: body,
  status: null,
  keyword,
  isAutomatic: false,
  media: [...media],
});
