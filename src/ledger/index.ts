/** The public API of the ledger: messages, their events, and the pending queue. */
export type { ClaimedMessage } from './claimed-message.js';
export { MOST_FAILOVERS, NUMBER_ASSIGNED } from './failover.sql.js';
export { Doubts, type DoubtCount, type Doubt, type DoubtedMessage, type DoubtRow } from './doubts.js';
export { EngagementLog, type EngagementNews } from './engagement-log.js';
export { EventConsumer, plannedFor, type EventBatch } from './event-consumer.js';
export { EventConsumers } from './event-consumers.js';
export { LedgerModule } from './ledger.module.js';
export { areAnyUnsettled, Ledger, type LockedMessage, type Refreshed, type TakenMessage } from './ledger.js';
export {
  CALLERS_WORD_LENGTH,
  type MessageDraft,
  type StoredCalendar,
  type StoredContent,
  type StoredHostRefs,
  type StoredMail,
  type StoredStep,
} from './message-draft.js';
export { engagedWith, writtenByCampaigns, type MessageFilter } from './message-filter.js';
export {
  ENGAGEMENTS,
  MACHINE_ENGAGEMENTS,
  type Engagement,
  type MachineEngagement,
  type MessageEvent,
  type MessageEventKind,
  type Source,
} from './message.events.js';
export { MessageHistory, type MessageContentRow } from './message-history.js';
export type { MessageReason } from './message.reasons.js';
export {
  isFirstTo,
  KNOWN_MESSAGES,
  MESSAGE_EVENTS,
  MESSAGES,
  messageJoin,
  SENT_MESSAGES,
  SENT_STATES,
  type MessageRow,
} from './message-row.js';
export {
  FALLS_BACK,
  HOLDS_BACK,
  PROVES_SENT,
  RESENDABLE,
  SETTLED,
  STATUSES,
  WAITING,
  quoted,
  type MessageStatus,
} from './message.status.js';
export { WaitingTimes, type Waiting, type WaitingMessage } from './waiting/waiting-times.js';
export {
  MessagesAccepted,
  MessagesDeferred,
  MessagesDelivered,
  MessagesDoubted,
  MessagesFailed,
  MessagesMoved,
  MessagesSent,
  MessagesSkipped,
  type AcceptedGroup,
  type Moved,
} from './messages-moved.events.js';
export { OLDEST_WAITING, WAITING_COUNTS } from './claim.sql.js';
export { Months, OLDEST_MESSAGES, type LedgerMonth } from './months.js';
export {
  hasClaims,
  countWaiting,
  hasQueued,
  hasWaiting,
  holdsMessageTo,
  PendingQueue,
  type CampaignInLane,
  type Failover,
  type StuckMessages,
} from './pending-queue.js';
export { lastPriceOf, PriceLog, type PriceNews } from './price-log.js';
export { ProviderIds, type FoundMessage, type KnownAs } from './provider-ids.js';
export { ANY_COUNTERS_UNFOLDED, CampaignCounters, type StatusCounts } from './campaign-counters.js';
export { Recalls, type HeldMessage, type Recall } from './recalls.js';
export { RECEIVED_MESSAGES, ReceivedMessages, type ReceivedMessage } from './received-messages.js';
export { Replies, type LastWriter, type Reply } from './replies.js';
export { renumberEvents } from './renumber-events.js';
export { lacksPrice, VoiceCalls, type CallNews, type CallRow } from './voice-calls.js';
export { statusCounts } from './campaign-counters.sql.js';
export { Transitions, type Deferral, type News } from './transitions.js';
