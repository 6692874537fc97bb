/** The door of dispatch: the ledger and everything that moves it. */
export { AcceptMessages, type Acceptance } from './accept-messages.command.js';
export { Conversations } from './conversations.js';
export { DispatchModule } from './dispatch.module.js';
export { InFlight } from './in-flight.js';
export { PROVES_SENT, SETTLED, STATUSES, type MessageStatus } from './message.status.js';
export { Transitions, type Moved, type News } from './transitions.js';
