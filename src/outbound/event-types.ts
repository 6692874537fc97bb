/** What tenants can be told, by types that never change their meaning: the contract of version 1 (ADR 0043). */
import type { MessageEventKind } from '../ledger/index.js';

/** Of the payloads. A version gains fields and types, and loses none. */
export const CONTRACT_VERSION = 1;

/** Each with what it says. */
export const EVENT_TYPES = {
  'message.accepted': 'A message is in the ledger: it waits to be sent',
  'message.deferred': 'It certainly was not sent, and waits to be tried again',
  'message.sent': 'The provider is first known to have taken it',
  'message.delivered': 'It reached the device or the mailbox',
  'message.read': 'The person has read it, as WhatsApp says',
  'message.failed': 'It reached nobody: the provider refused it, or reported so',
  'message.skipped': 'It was not sent: consent, suppression, its expiry or somebody’s decision stopped it',
  'message.in_doubt': 'The provider may or may not have it: it is not sent again without proof',
  'message.fell_back': 'It reached nobody, and another one follows it on the channel that `reason` names',
  'message.opened': 'An email was opened: as often as that is reported',
  'message.clicked': 'A link in it was clicked: as often as that is reported',
  'message.answered': 'The person wrote back',
  'message.unsubscribed': 'The person left by this message: by STOP, or by a link of it',
  'message.received': 'A person wrote to one of the tenant’s numbers',
  'consent.opted_in': 'A person may be written to by a venue on a channel, and might not before',
  'consent.opted_out': 'A person must not be written to by a venue on a channel any more',
  'pumping.suspected':
    'Texts or calls to a range of numbers look like SMS pumping, and are stopped where `blocks` says so',
  'pumping.ended': 'A range of numbers is no longer suspected',
  'endpoint.test': 'Somebody asked for it, to see whether events arrive',
} as const;

export type EventType = keyof typeof EVENT_TYPES;
export const ALL_EVENT_TYPES = Object.keys(EVENT_TYPES) as EventType[];

/** By events of the ledger; null for what only concerns bills and ourselves. */
const OF_LEDGER: Readonly<Record<MessageEventKind, EventType | null>> = {
  scheduled: 'message.accepted',
  queued: 'message.accepted',
  deferred: 'message.deferred',
  sent: 'message.sent',
  delivered: 'message.delivered',
  read: 'message.read',
  failed: 'message.failed',
  undelivered: 'message.failed',
  skipped_no_consent: 'message.skipped',
  blocked_opted_out: 'message.skipped',
  suppressed: 'message.skipped',
  expired: 'message.skipped',
  cancelled: 'message.skipped',
  unknown: 'message.in_doubt',
  fell_back: 'message.fell_back',
  opened: 'message.opened',
  clicked: 'message.clicked',
  answered: 'message.answered',
  unsubscribed: 'message.unsubscribed',
  machine_opened: null,
  machine_clicked: null,
  received: 'message.received',
  readdressed: null,
  diverted: null,
  fallback_refused: null,
  repeated: null,
  became_text: null,
  measured: null,
  priced: null,
};

/** SQL: a relation of events of the ledger that are told, `kind`, and their `type`. */
export const TOLD_KINDS = `(values ${Object.entries(OF_LEDGER)
  .filter(([, type]) => type !== null)
  .map(([kind, type]) => `('${kind}', '${type}')`)
  .join(', ')})`;

/** The type of a change of consent, by what holds now. */
export const consentType = (status: string): string => `'consent.' || ${status}`;

/** The type of what happened to an alarm. */
export const pumpingType = (kind: string): string => `'pumping.' || ${kind}`;

export const isAboutPumping = (type: EventType): boolean => type.startsWith('pumping.');
export const isAboutConsent = (type: EventType): boolean => type.startsWith('consent.');
