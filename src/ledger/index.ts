/** The public API of the ledger: messages, what has happened to them, and the line in which they wait. */
export { BEGIN, CLAIM } from './claim.sql.js';
export type { ClaimedMessage } from './claimed-message.js';
export { DIVERT, DIVERTIBLE, MOST_DIVERSIONS } from './divert.sql.js';
export { LedgerModule } from './ledger.module.js';
export { Ledger } from './ledger.js';
export type { MessageDraft, StoredContent, StoredStep } from './message-draft.js';
export {
  FALLS_BACK,
  PROVES_SENT,
  RESENDABLE,
  SETTLED,
  STATUSES,
  WAITING,
  type MessageStatus,
} from './message.status.js';
export { Tallies, type Tally } from './tallies.js';
export { tallySql } from './tally.sql.js';
export { Transitions, type Deferral, type Moved, type News } from './transitions.js';
