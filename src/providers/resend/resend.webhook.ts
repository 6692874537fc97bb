/** Verifies Resend's webhooks, and parses their events in our terms. */
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { at, isMachineAgent, listAt, stringAt, stringsAt, timeOf } from '../../kernel/index.js';
import { isAutomaticReply } from '../automatic-reply.js';
import { bareAddress, saysNoMailbox } from '../mailbox.js';
import { messageIdOf } from '../message-tag.js';
import type { DeliveryStatus, MessageEventBase, Lookup, ProviderEvent } from '../provider.events.js';
import type { VerifiedWebhook, WebhookAccounts, WebhookRequest } from '../provider.webhook.js';
import { MalformedWebhook, UntrustedWebhook } from '../webhook.errors.js';
import { COPIES } from './resend.request.js';

/** Characters of an id, from which keys are built. */
const MAX_LENGTH = 320;

/** The input of every event parser. */
interface Facts {
  readonly base: MessageEventBase;
  readonly providerMessageId: string;
  readonly data: unknown;
}

type Reader = (facts: Facts) => ProviderEvent;

const engagement =
  (type: 'opened' | 'delayed'): Reader =>
  ({ base }) => ({ kind: 'engagement', ...base, type });

/** What the codes of its reports begin with. */
export const RESEND_REPORTS: readonly string[] = [
  'Permanent',
  'Transient',
  'Undetermined',
  'suppressed',
  'failed',
  'canceled',
];

/** By event name, which is also the last event of a polled email. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['sent', (facts) => status(facts, 'sent')],
  ['delivered', (facts) => status(facts, 'delivered')],
  ['bounced', bounced],
  ['complained', complained],
  ['suppressed', suppressed],
  ['failed', (facts) => status(facts, 'failed', 'failed', stringAt(facts.data, 'failed', 'reason'))],
  ['canceled', (facts) => status(facts, 'failed', 'canceled')],
  ['delivery_delayed', engagement('delayed')],
  ['opened', engagement('opened')],
  ['clicked', clicked],
]);

/**
 * For the platform's account, or the one named in the webhook's path. Raises MalformedWebhook, or UntrustedWebhook for an
 * account without such a webhook or a wrong signature.
 */
export async function verifyResendWebhook(
  request: WebhookRequest,
  accounts: WebhookAccounts,
): Promise<VerifiedWebhook> {
  const { accountId } = request;
  const account = await (accountId === undefined ? accounts.platform() : accounts.find(accountId));
  const secret = account?.credentials['webhookSecret'];
  if (!account || !secret) throw new UntrustedWebhook('it is for an account that takes none');
  return { events: parseResendWebhook(request, secret), accountIds: [account.id], answer: { status: 200 } };
}

/**
 * Parses a webhook signed with `secret` (Standard Webhooks, whose headers Resend names `svix-…`), at most five minutes old.
 * Throws UntrustedWebhook, and MalformedWebhook if an email event names no email.
 */
export function parseResendWebhook({ headers, rawBody }: WebhookRequest, secret: string): ProviderEvent[] {
  const id = headers['svix-id'] ?? '';
  const event = verified(secret, rawBody, {
    'webhook-id': id,
    'webhook-timestamp': headers['svix-timestamp'] ?? '',
    'webhook-signature': headers['svix-signature'] ?? '',
  });
  if (id.length > MAX_LENGTH) throw new MalformedWebhook('svix-id');
  const type = stringAt(event, 'type') ?? '';
  const read = type.startsWith('email.') ? READERS.get(type.slice('email.'.length)) : undefined;
  if (!read) return [{ kind: 'ignored', dedupeKey: id, type: type.slice(0, MAX_LENGTH) }];
  const providerMessageId = stringAt(event, 'data', 'email_id');
  if (!providerMessageId || providerMessageId.length > MAX_LENGTH) throw new MalformedWebhook('data.email_id');
  const occurredAt = timeOf(stringAt(event, 'created_at'));
  const messageId = messageIdOf(at(event, 'data', 'tags', 'mid'));
  const base = {
    dedupeKey: id,
    ...(occurredAt ? { occurredAt } : {}),
    ...(messageId ? { messageId } : lookupOf(event, providerMessageId)),
  };
  const said = read({ base, providerMessageId, data: at(event, 'data') });
  return [stringAt(event, 'data', 'tags', COPIES) === undefined ? said : ofSomebody(said)];
}

/** Of an email with copies, Resend does not say whose mailbox an event is about: nobody is suppressed by it. */
function ofSomebody(event: ProviderEvent): ProviderEvent {
  if (event.kind !== 'status' && event.kind !== 'engagement') return event;
  const { suppress: _, ...rest } = event;
  return rest;
}

/** Our emails go to one address each: one to several is not ours. */
function lookupOf(event: unknown, providerMessageId: string): { lookup?: Lookup } {
  const [to, ...others] = stringsAt(event, 'data', 'to');
  if (to === undefined || others.length > 0) return {};
  const sentAt = timeOf(stringAt(event, 'data', 'created_at'));
  return { lookup: { providerMessageId, to: bareAddress(to), ...(sentAt ? { sentAt } : {}) } };
}

/** The last event of a polled email; one that only says that it is in transit is `ignored`. */
export function resendReport(
  lastEvent: string,
  { providerMessageId, messageId, to }: { providerMessageId: string; messageId: string; to: readonly string[] },
): ProviderEvent {
  const dedupeKey = `report:${providerMessageId}:${lastEvent}`.slice(0, MAX_LENGTH);
  const facts: Facts = { base: { dedupeKey, messageId }, providerMessageId, data: { to } };
  if (lastEvent === 'complained') return { ...status(facts, 'delivered'), ...suppression(facts, 'complaint') };
  const read = READERS.get(IMPLIES_DELIVERY.has(lastEvent) ? 'delivered' : lastEvent);
  return read ? read(facts) : { kind: 'ignored', dedupeKey, type: lastEvent };
}

/** A complaint proves delivery, whichever webhook was lost. */
const IMPLIES_DELIVERY: ReadonlySet<string> = new Set(['opened', 'clicked']);

/** Only a permanent bounce means that the address is dead. A polled email has no details of its bounce. */
function bounced(facts: Facts): ProviderEvent {
  const type = stringAt(facts.data, 'bounce', 'type');
  const subType = stringAt(facts.data, 'bounce', 'subType') ?? 'Undetermined';
  const hasStatus = listAt(facts.data, 'bounce', 'diagnosticCode').length > 0;
  if (type !== undefined && isAutomaticReply({ type, subType, hasStatus })) return status(facts, 'sent');
  const message = stringAt(facts.data, 'bounce', 'message');
  const event = status(facts, 'undelivered', `${type ?? 'Undetermined'}/${subType}`, message);
  if (type !== 'Permanent') return event;
  const noMailbox = subType === 'General' && saysNoMailbox(...stringsAt(facts.data, 'bounce', 'diagnosticCode'));
  return { ...event, ...suppression(facts, 'hard_bounce', noMailbox) };
}

/** Of a person or of a machine, by the user agent; of opens Resend tells none. */
function clicked(facts: Facts): ProviderEvent {
  const agent = stringAt(facts.data, 'click', 'userAgent');
  const isMachine = agent !== undefined && isMachineAgent(agent);
  return { kind: 'engagement', ...facts.base, type: 'clicked', ...(isMachine ? { byMachine: true } : {}) };
}

function complained(facts: Facts): ProviderEvent {
  return { kind: 'engagement', ...facts.base, type: 'complained', ...suppression(facts, 'complaint') };
}

/** Resend did not send: the address has bounced or complained before. */
function suppressed(facts: Facts): ProviderEvent {
  const complaint = /complain/i.test(stringAt(facts.data, 'suppressed', 'type') ?? '');
  const event = status(
    facts,
    'undelivered',
    complaint ? 'suppressed/complaint' : 'suppressed',
    stringAt(facts.data, 'suppressed', 'message'),
  );
  return complaint ? { ...event, ...suppression(facts, 'complaint') } : event;
}

function suppression(
  { data }: Facts,
  reason: 'hard_bounce' | 'complaint',
  noMailbox = false,
): { suppress?: { address: string; reason: 'hard_bounce' | 'complaint'; noMailbox?: true } } {
  const address = at(data, 'to', '0');
  return typeof address === 'string' && address !== ''
    ? { suppress: { address, reason, ...(noMailbox && { noMailbox }) } }
    : {};
}

function status(
  { base, providerMessageId }: Facts,
  to: DeliveryStatus,
  code?: string,
  message?: string,
): Extract<ProviderEvent, { kind: 'status' }> {
  return {
    kind: 'status',
    ...base,
    providerMessageId,
    status: to,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  };
}

function verified(secret: string, body: Buffer, headers: Record<string, string>): unknown {
  try {
    return new Webhook(secret).verify(body, headers);
  } catch (error) {
    if (error instanceof WebhookVerificationError) throw new UntrustedWebhook('the signature is not right, or too old');
    if (error instanceof SyntaxError) throw new MalformedWebhook('body');
    throw error;
  }
}
