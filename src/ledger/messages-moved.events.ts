/**
 * Domain events of messages, published after the commit, one per batch, since a drain moves a hundred at a time. For metrics,
 * traces and live views in this process; anything that must count exactly reads the ledger events (message.events.ts).
 */
import type { Category, Channel } from '../tenants/index.js';
import type { MessageStatus } from './message.status.js';

/** A message that has moved. */
export interface Moved {
  readonly id: string;
  readonly tenant_id: string;
  readonly channel: Channel;
  readonly category: Category;
  readonly provider: string;
  readonly status: MessageStatus;
  readonly previous: MessageStatus;
  /** The provider's own code, or ours. */
  readonly error_code: string | null;
  /** Nobody knew before that its provider took it. */
  readonly first_sent: boolean;
}

/**
 * Messages that were accepted together and have these fields in common; a campaign's never leave the database, so there are no
 * ids.
 */
export interface AcceptedGroup {
  readonly tenantId: string;
  readonly channel: Channel;
  readonly category: Category;
  readonly provider: string;
  /** Null without a campaign. */
  readonly campaignId: string | null;
  readonly messages: number;
}

/** They are in the ledger. */
export class MessagesAccepted {
  constructor(readonly groups: readonly AcceptedGroup[]) {}
}

/** Messages that moved to statuses of one meaning. */
export abstract class MessagesMoved {
  constructor(readonly messages: readonly Moved[]) {}
}

/** A provider took them. */
export class MessagesSent extends MessagesMoved {}
/** They reached the device or mailbox, or were read. */
export class MessagesDelivered extends MessagesMoved {}
/** A provider refused them, or they were given up. */
export class MessagesFailed extends MessagesMoved {}
/** We stopped them: they were not sent. */
export class MessagesSkipped extends MessagesMoved {}
/** They may or may not have been sent. */
export class MessagesDoubted extends MessagesMoved {}
/** They certainly were not sent, and wait for a retry. */
export class MessagesDeferred extends MessagesMoved {}

const EVENT_OF: Readonly<Record<MessageStatus, (new (messages: readonly Moved[]) => MessagesMoved) | undefined>> = {
  sending: undefined,
  scheduled: MessagesDeferred,
  queued: MessagesDeferred,
  sent: MessagesSent,
  delivered: MessagesDelivered,
  read: MessagesDelivered,
  failed: MessagesFailed,
  undelivered: MessagesFailed,
  unknown: MessagesDoubted,
  skipped_no_consent: MessagesSkipped,
  blocked_opted_out: MessagesSkipped,
  suppressed: MessagesSkipped,
  expired: MessagesSkipped,
  cancelled: MessagesSkipped,
};

/** The events of one batch of changes, one of each kind. */
export function eventsOfMoves(moved: readonly Moved[]): MessagesMoved[] {
  return [...Map.groupBy(moved, ({ status }) => EVENT_OF[status])].flatMap(([Event, messages]) =>
    Event ? [new Event(messages)] : [],
  );
}
