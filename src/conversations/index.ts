/** The public API of conversations: what people write to venues, and what venues answer. */
export { Conversations } from './conversations.js';
export { ConversationsModule } from './conversations.module.js';
