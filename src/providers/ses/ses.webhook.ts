/** Amazon SES events in our terms. */
import { at, isMachineAgent, listAt, stringAt, timeOf, jsonIn } from '../../kernel/index.js';
import { isAutomaticReply } from '../automatic-reply.js';
import { bareAddress, saysNoMailbox } from '../mailbox.js';
import { messageIdOf } from '../message-tag.js';
import type { DeliveryStatus, MessageEventBase, Lookup, ProviderEvent } from '../provider.events.js';
import { MalformedWebhook } from '../webhook.errors.js';
import type { SnsMessage } from './sns.message.js';

/** The input of every event parser. */
interface Facts {
  /** Common to every event. */
  readonly base: MessageEventBase;
  readonly providerMessageId: string;
  /** The part specific to an event type. */
  readonly detail: unknown;
}

type Engagement = Extract<ProviderEvent, { kind: 'engagement' }>;
type Reader = (facts: Facts) => ProviderEvent[];

/** The fields of a bounced recipient that come from a delivery status notification. */
const STATUS_FIELDS = ['action', 'status', 'diagnosticCode'] as const;

/** What the codes of its reports begin with. */
export const SES_REPORTS: readonly string[] = [
  'Permanent',
  'Transient',
  'Undetermined',
  'Complaint',
  'Reject',
  'Rendering',
];

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Send', (facts) => [status(facts, 'sent')]],
  ['Delivery', (facts) => [status(facts, 'delivered')]],
  ['Bounce', bounce],
  ['Complaint', complaint],
  ['Reject', (facts) => [status(facts, 'failed', 'Reject', stringAt(facts.detail, 'reason'))]],
  [
    'Rendering Failure',
    (facts) => [status(facts, 'failed', 'Rendering Failure', stringAt(facts.detail, 'errorMessage'))],
  ],
  ['DeliveryDelay', (facts) => [engagement(facts, 'delayed')]],
  ['Open', (facts) => [byAgent(facts, 'opened')]],
  ['Click', (facts) => [byAgent(facts, 'clicked')]],
]);

/**
 * Parses the SES event in a verified notification (event publishing of a configuration set, or the older notifications of an
 * identity, which have no tags). The message is ours if its tag `mid` is a UUID; without one it is looked up. Texts that are not events, such as SES's greeting to a new topic,
 * are `ignored`. Throws `MalformedWebhook` if an event names no email.
 */
export function parseSesEvent(notification: SnsMessage): ProviderEvent[] {
  const dedupeKey = notification.messageId;
  const event = jsonIn(notification.message);
  const type = stringAt(event, 'eventType') ?? stringAt(event, 'notificationType') ?? notification.type;
  const read = READERS.get(type);
  if (!read) return [{ kind: 'ignored', dedupeKey, type }];

  const providerMessageId = stringAt(event, 'mail', 'messageId');
  if (!providerMessageId) throw new MalformedWebhook('mail.messageId');
  const detail = at(event, type === 'Rendering Failure' ? 'failure' : type.charAt(0).toLowerCase() + type.slice(1));
  const occurredAt = timeOf(stringAt(detail, 'timestamp') ?? stringAt(event, 'mail', 'timestamp'));
  const messageId = messageIdOf(at(event, 'mail', 'tags', 'mid', '0'));
  const base = {
    dedupeKey,
    ...(occurredAt ? { occurredAt } : {}),
    ...(messageId ? { messageId } : lookupOf(event, providerMessageId)),
    ...aboutOf(event, detail),
  };
  return read({ base, providerMessageId, detail });
}

/** The lists of addresses in the parts of events, of one kind or another. */
const ADDRESSES = ['recipients', 'bouncedRecipients', 'complainedRecipients', 'delayedRecipients'] as const;

/** Of an email with copies, events name whom they are about. */
function aboutOf(event: unknown, detail: unknown): Pick<MessageEventBase, 'about'> {
  if (listAt(event, 'mail', 'destination').length < 2) return {};
  const [addresses] = ADDRESSES.map((list) => recipients(detail, list)).filter(({ length }) => length > 0);
  return addresses ? { about: addresses.map((address) => address.toLowerCase()) } : {};
}

/** Our emails without copies go to one address each: one to several is not ours. */
function lookupOf(event: unknown, providerMessageId: string): { lookup?: Lookup } {
  const [to, ...others] = listAt(event, 'mail', 'destination');
  if (typeof to !== 'string' || others.length > 0) return {};
  const sentAt = timeOf(stringAt(event, 'mail', 'timestamp'));
  return { lookup: { providerMessageId, to: bareAddress(to), ...(sentAt ? { sentAt } : {}) } };
}

/**
 * Only a permanent bounce means that the address is dead; a full mailbox may have room tomorrow. An automatic reply proves that
 * SES took the message, and nothing else: in any order with the Delivery, the message is delivered.
 */
function bounce(facts: Facts): ProviderEvent[] {
  const type = stringAt(facts.detail, 'bounceType') ?? 'Undetermined';
  const subType = stringAt(facts.detail, 'bounceSubType') ?? 'Undetermined';
  const hasStatus = listAt(facts.detail, 'bouncedRecipients').some((each) =>
    STATUS_FIELDS.some((name) => at(each, name)),
  );
  if (isAutomaticReply({ type, subType, hasStatus })) return [status(facts, 'sent')];
  const code = `${type}/${subType}`;
  const dead = type === 'Permanent' ? recipients(facts.detail, 'bouncedRecipients') : [];
  const noMailbox = SERVERS_WORD.has(subType) && listAt(facts.detail, 'bouncedRecipients').every(isNoMailbox);
  const message = listAt(facts.detail, 'bouncedRecipients').map((each) => stringAt(each, 'diagnosticCode'))[0];
  return perAddress(facts, dead, (each, address) => ({
    ...status(each, 'undelivered', code, message),
    ...(address === undefined
      ? {}
      : { suppress: { address, reason: 'hard_bounce' as const, ...(noMailbox && { noMailbox }) } }),
  }));
}

/** Of permanent bounces: what a mail server answered, not what is on a list of SES. */
const SERVERS_WORD: ReadonlySet<string> = new Set(['General', 'NoEmail']);

const isNoMailbox = (recipient: unknown): boolean =>
  saysNoMailbox(stringAt(recipient, 'status'), stringAt(recipient, 'diagnosticCode'));

function complaint(facts: Facts): ProviderEvent[] {
  if (stringAt(facts.detail, 'complaintFeedbackType') === 'not-spam') {
    return [{ kind: 'ignored', dedupeKey: facts.base.dedupeKey, type: 'Complaint/not-spam' }];
  }
  // A mail server's report of a failed DKIM, SPF or DMARC check (RFC 6591).
  if (stringAt(facts.detail, 'complaintFeedbackType') === 'auth-failure') return [engagement(facts, 'auth_failed')];
  // With this sub-type SES did not send at all: the address complained before (SES API reference v2, Complaint).
  const unsent = stringAt(facts.detail, 'complaintSubType') === 'OnAccountSuppressionList';
  return perAddress(facts, recipients(facts.detail, 'complainedRecipients'), (each, address) => ({
    ...(unsent ? status(each, 'undelivered', 'Complaint/OnAccountSuppressionList') : engagement(each, 'complained')),
    ...(address === undefined ? {} : { suppress: { address, reason: 'complaint' as const } }),
  }));
}

/** One event per address, or a single one if none is named; the first keeps the notification's own key. */
function perAddress(
  facts: Facts,
  addresses: readonly string[],
  make: (facts: Facts, address?: string) => ProviderEvent,
): ProviderEvent[] {
  const [first, ...others] = addresses;
  const keyed = (index: number): Facts => ({
    ...facts,
    base: { ...facts.base, dedupeKey: `${facts.base.dedupeKey}:${index}` },
  });
  const aboutOne = (of: Facts, address?: string): Facts =>
    of.base.about && address !== undefined ? { ...of, base: { ...of.base, about: [address.toLowerCase()] } } : of;
  return [
    make(aboutOne(facts, first), first),
    ...others.map((address, index) => make(aboutOne(keyed(index + 1), address), address)),
  ];
}

function status(
  { base, providerMessageId }: Facts,
  to: DeliveryStatus,
  code?: string,
  message?: string,
): ProviderEvent {
  return {
    kind: 'status',
    ...base,
    providerMessageId,
    status: to,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  };
}

function engagement({ base }: Facts, type: Engagement['type']): Engagement {
  return { kind: 'engagement', ...base, type };
}

/** Of a person or of a machine, by the user agent; SES may leave it out. */
function byAgent(facts: Facts, type: 'opened' | 'clicked'): ProviderEvent {
  const agent = stringAt(facts.detail, 'userAgent');
  const isMachine = agent !== undefined && isMachineAgent(agent);
  return { ...engagement(facts, type), ...(isMachine ? { byMachine: true } : {}) };
}

function recipients(detail: unknown, list: string): string[] {
  return listAt(detail, list).flatMap((entry) => {
    const address = typeof entry === 'string' ? entry : stringAt(entry, 'emailAddress');
    return address ? [bareAddress(address)] : [];
  });
}
