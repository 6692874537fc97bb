/** Amazon SES events in our terms. */
import { at, stringAt, timeOf } from '../../kernel/index.js';
import { messageIdOf } from '../message-tag.js';
import type { DeliveryStatus, ProviderEvent } from '../provider.events.js';
import { MalformedWebhook } from '../webhook.errors.js';
import type { SnsMessage } from './sns.message.js';

/** The input of every event parser. */
interface Facts {
  /** Common to every event. */
  readonly base: { readonly dedupeKey: string; readonly occurredAt?: Date; readonly messageId?: string };
  readonly providerMessageId: string;
  /** The part specific to an event type. */
  readonly detail: unknown;
}

type Reader = (facts: Facts) => ProviderEvent[];

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Send', (facts) => [status(facts, 'sent')]],
  ['Delivery', (facts) => [status(facts, 'delivered')]],
  ['Bounce', bounce],
  ['Complaint', complaint],
  ['Reject', (facts) => [status(facts, 'failed', 'Reject')]],
  ['Rendering Failure', (facts) => [status(facts, 'failed', 'Rendering Failure')]],
  ['DeliveryDelay', (facts) => [engagement(facts, 'delayed')]],
  ['Open', (facts) => [engagement(facts, 'opened')]],
  ['Click', (facts) => [engagement(facts, 'clicked')]],
]);

/**
 * Parses the SES event in a verified notification (event publishing of a configuration set, or the older notifications of an
 * identity). The message is ours if its tag `mid` is a UUID. Texts that are not events, such as SES's greeting to a new topic,
 * are `ignored`. Throws `MalformedWebhook` if an event names no email.
 */
export function parseSesEvent(notification: SnsMessage): ProviderEvent[] {
  const dedupeKey = notification.messageId;
  const event = parse(notification.message);
  const type = stringAt(event, 'eventType') ?? stringAt(event, 'notificationType') ?? notification.type;
  const read = READERS.get(type);
  if (!read) return [{ kind: 'ignored', dedupeKey, type }];

  const providerMessageId = stringAt(event, 'mail', 'messageId');
  if (!providerMessageId) throw new MalformedWebhook('mail.messageId');
  const detail = at(event, type === 'Rendering Failure' ? 'failure' : type.charAt(0).toLowerCase() + type.slice(1));
  const occurredAt = timeOf(stringAt(detail, 'timestamp') ?? stringAt(event, 'mail', 'timestamp'));
  const messageId = messageIdOf(at(event, 'mail', 'tags', 'mid', '0'));
  const base = { dedupeKey, ...(occurredAt ? { occurredAt } : {}), ...(messageId ? { messageId } : {}) };
  return read({ base, providerMessageId, detail });
}

/** Only a permanent bounce means that the address is dead; a full mailbox may have room tomorrow. */
function bounce(facts: Facts): ProviderEvent[] {
  const type = stringAt(facts.detail, 'bounceType') ?? 'Undetermined';
  const code = `${type}/${stringAt(facts.detail, 'bounceSubType') ?? 'Undetermined'}`;
  const dead = type === 'Permanent' ? recipients(facts.detail, 'bouncedRecipients') : [];
  return perAddress(facts, dead, (each, address) => ({
    ...status(each, 'undelivered', code),
    ...(address === undefined ? {} : { suppress: { address, reason: 'hard_bounce' as const } }),
  }));
}

function complaint(facts: Facts): ProviderEvent[] {
  if (stringAt(facts.detail, 'complaintFeedbackType') === 'not-spam') {
    return [{ kind: 'ignored', dedupeKey: facts.base.dedupeKey, type: 'Complaint/not-spam' }];
  }
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
  return [make(facts, first), ...others.map((address, index) => make(keyed(index + 1), address))];
}

function status({ base, providerMessageId }: Facts, to: DeliveryStatus, code?: string): ProviderEvent {
  return { kind: 'status', ...base, providerMessageId, status: to, ...(code === undefined ? {} : { code }) };
}

function engagement({ base }: Facts, type: 'opened' | 'clicked' | 'complained' | 'delayed'): ProviderEvent {
  return { kind: 'engagement', ...base, type };
}

/** Bare addresses: SES may return them as `Name <address>`. */
function recipients(detail: unknown, list: string): string[] {
  const entries = at(detail, list);
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    const address = stringAt(entry, 'emailAddress');
    return address ? [(/<([^<>]+)>\s*$/.exec(address)?.[1] ?? address).trim()] : [];
  });
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
