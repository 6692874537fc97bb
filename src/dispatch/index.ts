/** The public API of dispatch: from a request to a provider's response. */
export { DispatchModule } from './dispatch.module.js';
export { LOOK_AGAIN_MS, TURN_MS } from './drain/drain-lane.command.js';
export { InFlight } from './drain/in-flight.js';
export { roomOf } from './drain/in-flight-batches.js';
export { ServiceWindows } from './drain/service-windows.js';
export { OpenCalls } from './drain/open-calls.js';
export { CampaignThrottles, HINDERED, HINDRANCES, type Hindrance } from './lanes/campaign-throttles.js';
export { LEASE_MS } from './lanes/lane-lease.js';
export { LaneQueue, LANES } from './lanes/lane.queue.js';
export { ChannelNotSupported } from './lanes/lanes.errors.js';
export { Lanes } from './lanes/lanes.js';
export { budgetAt, burstOf, concurrencyFor, waitFor } from './lanes/rate.js';
export { AcceptMessages, type Acceptance } from './messages/accept-messages.command.js';
export { CancelMessage } from './messages/cancel-message.command.js';
export { CheckMessages, type AcceptableMessage } from './messages/check-messages.query.js';
export { stepsOfTemplate } from './messages/fallback-planner.js';
export { GetMessageContent } from './messages/get-message-content.query.js';
export { makeMessage, type Made, type Unmade } from './messages/made-message.js';
export { MessageViews } from './messages/message.view.js';
export { AcceptedMessage, MessageStatusView, MessageView, TemplateChoice } from './messages/messages.dto.js';
export {
  BadSchedule,
  CannotCancel,
  ChannelDisabled,
  IdentificationMissing,
  ContentRequired,
  MessageNotFound,
} from './messages/messages.errors.js';
export { channelTo, takersOf, withLinks } from './messages/pictures.js';
export { REFUSALS } from './messages/messages.problems.js';
export { SpeechContents } from './messages/speech-contents.js';
export { ResendMessage } from './messages/resend-message.command.js';
