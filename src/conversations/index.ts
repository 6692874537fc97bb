/** The public API of conversations: what people write to venues, and what venues answer. */
export { RECEIVED_TEXTS } from './conversation-row.js';
export { Conversations } from './conversations.js';
export { ReceivedMediaView } from './conversations.dto.js';
export { isFetching, mediaOfReceived } from './received-media.js';
export { ConversationsModule } from './conversations.module.js';
