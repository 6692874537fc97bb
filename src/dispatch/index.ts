/** The door of dispatch: the ledger and everything that moves it. */
export { AcceptMessages, type Acceptance } from './accept-messages.command.js';
export { Conversations } from './conversations.js';
export {
  BadSchedule,
  ChannelDisabled,
  ChannelNotSupported,
  MessageNotFound,
  TemplateMismatch,
} from './dispatch.errors.js';
export { DispatchModule } from './dispatch.module.js';
export { Flows, type CampaignLine } from './flows.js';
export { InFlight } from './in-flight.js';
export { LaneQueue } from './lane.queue.js';
export { Lanes } from './lanes.js';
export { Ledger } from './ledger.js';
export { OpenCalls } from './open-calls.js';
export { stepsOfTemplate } from './message.fallback.js';
export { PROVES_SENT, RESENDABLE, SETTLED, STATUSES, type MessageStatus } from './message.status.js';
export { MESSAGE_COLUMNS, messageView, type MessageRow } from './message.view.js';
export { AcceptedMessage, MessageView } from './messages.dto.js';
export { ResendMessage } from './resend-message.command.js';
export { tallySql } from './tally.sql.js';
export { Tallies, type Tally } from './tallies.js';
export { Transitions, type Moved, type News } from './transitions.js';
