/** Verifies SendGrid's signed Event Webhook, and parses its events in our terms. */
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { at, isMachineAgent, stringAt } from '../../kernel/index.js';
import { ClientCache, credential } from '../client-cache.js';
import { messageIdOf } from '../message-tag.js';
import { saysNoMailbox } from '../mailbox.js';
import type { DeliveryStatus, MessageEventBase, ProviderEvent } from '../provider.events.js';
import type { VerifiedWebhook, WebhookAccounts, WebhookRequest } from '../provider.webhook.js';
import { MalformedWebhook, UntrustedWebhook } from '../webhook.errors.js';
import { COPIES, MESSAGE_ID } from './sendgrid.request.js';

/** Characters of an id, from which keys are built. */
const MAX_LENGTH = 320;
/**
 * How old a post may be. SendGrid tries again for a day, and does not say whether it dates each attempt anew; events are
 * deduplicated for as long as the inbox keeps them, which is longer.
 */
const MAX_AGE_MS = 48 * 3_600_000;
/** How far our clocks may differ. */
const MAX_AHEAD_MS = 5 * 60_000;

const SIGNATURE = 'x-twilio-email-event-webhook-signature';
const TIMESTAMP = 'x-twilio-email-event-webhook-timestamp';

type Status = Extract<ProviderEvent, { kind: 'status' }>;
type Engagement = Extract<ProviderEvent, { kind: 'engagement' }>;

/** The input of every event parser. */
interface Facts {
  readonly base: MessageEventBase;
  readonly providerMessageId: string;
  readonly event: unknown;
}

const READERS: ReadonlyMap<string, (facts: Facts) => ProviderEvent> = new Map<string, (facts: Facts) => ProviderEvent>([
  ['processed', (facts) => status(facts, 'sent')],
  ['deferred', (facts) => engagement(facts, 'delayed')],
  ['delivered', (facts) => status(facts, 'delivered')],
  ['bounce', bounced],
  ['dropped', dropped],
  ['open', (facts) => byAgent(facts, 'opened')],
  ['click', (facts) => byAgent(facts, 'clicked')],
  ['spamreport', (facts) => ({ ...engagement(facts, 'complained'), ...suppression(facts, 'complaint') })],
  ['unsubscribe', (facts) => ({ ...engagement(facts, 'unsubscribed'), optedOut: true })],
  ['group_unsubscribe', (facts) => ({ ...engagement(facts, 'unsubscribed'), optedOut: true })],
]);

export class SendGridWebhook {
  private readonly keys = new ClientCache((account) => publicKeyOf(credential(account, 'webhookKey')));

  /**
   * For the platform's account, or the one named in the webhook's path. Raises MalformedWebhook, or UntrustedWebhook for an
   * account without such a webhook, a wrong signature, or one of another day.
   */
  async verify(request: WebhookRequest, accounts: WebhookAccounts): Promise<VerifiedWebhook> {
    const { accountId } = request;
    const account = await (accountId === undefined ? accounts.platform() : accounts.find(accountId));
    if (!account?.credentials['webhookKey']) throw new UntrustedWebhook('it is for an account that takes none');
    return {
      events: parseSendGridWebhook(request, this.keys.get(account)),
      accountIds: [account.id],
      answer: { status: 200 },
    };
  }
}

/** The verification key of a signed Event Webhook, as SendGrid shows it: Base64 of its DER form. Throws UntrustedWebhook for none. */
export function publicKeyOf(webhookKey: string): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(webhookKey, 'base64'), format: 'der', type: 'spki' });
  } catch (error) {
    throw new UntrustedWebhook('the verification key of the account is no public key', error);
  }
}

/**
 * Parses a post of events, signed over its timestamp and bytes. An event that cannot be read is `ignored`, so that it does not
 * hold up the others of its post. Throws UntrustedWebhook, and MalformedWebhook if the body is no list.
 */
export function parseSendGridWebhook({ headers, rawBody }: WebhookRequest, key: KeyObject): ProviderEvent[] {
  const timestamp = headers[TIMESTAMP] ?? '';
  const signature = Buffer.from(headers[SIGNATURE] ?? '', 'base64');
  if (!verify('sha256', Buffer.concat([Buffer.from(timestamp), rawBody]), key, signature)) {
    throw new UntrustedWebhook('the signature is not right');
  }
  const age = Date.now() - Number(timestamp) * 1_000;
  if (!(age <= MAX_AGE_MS && age >= -MAX_AHEAD_MS)) throw new UntrustedWebhook('it is too old');
  return eventsIn(rawBody).map(read);
}

function eventsIn(body: Buffer): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (!Array.isArray(parsed)) throw new MalformedWebhook('body');
  return parsed;
}

function read(event: unknown): ProviderEvent {
  const type = stringAt(event, 'event') ?? '';
  const dedupeKey = keyOf(event);
  const reader = READERS.get(type);
  // The id that the call was answered with, and what SendGrid appends to it for each recipient.
  const providerMessageId = (stringAt(event, 'sg_message_id') ?? '').split('.')[0] ?? '';
  if (!reader || providerMessageId === '' || providerMessageId.length > MAX_LENGTH) {
    return { kind: 'ignored', dedupeKey, type: type.slice(0, MAX_LENGTH) };
  }
  const to = stringAt(event, 'email');
  const occurredAt = timeAt(event);
  const messageId = messageIdOf(at(event, MESSAGE_ID));
  const base = {
    dedupeKey,
    ...(occurredAt ? { occurredAt } : {}),
    ...(messageId ? { messageId } : to ? { lookup: { providerMessageId, to } } : {}),
    ...(to && at(event, COPIES) !== undefined && { about: [to.toLowerCase()] }),
  };
  return reader({ base, providerMessageId, event });
}

/** SendGrid's id of the event; for one without, all that it says. */
function keyOf(event: unknown): string {
  const id = stringAt(event, 'sg_event_id');
  return id && id.length <= MAX_LENGTH ? id : createHash('sha256').update(JSON.stringify(event)).digest('hex');
}

/** Whole seconds since 1970. */
function timeAt(event: unknown): Date | undefined {
  const seconds = at(event, 'timestamp');
  const time = new Date(typeof seconds === 'number' ? seconds * 1_000 : NaN);
  return Number.isNaN(time.getTime()) || time.getTime() <= 0 ? undefined : time;
}

/** What the codes of its reports begin with. */
export const SENDGRID_REPORTS: readonly string[] = ['bounce', 'blocked', 'dropped'];

/** Of type `blocked` it is about this email, or for now; else the address is dead. */
function bounced(facts: Facts): ProviderEvent {
  const blocked = stringAt(facts.event, 'type') === 'blocked';
  const kind = blocked ? 'blocked' : 'bounce';
  const status = undelivered(
    facts,
    kind,
    stringAt(facts.event, 'bounce_classification') ?? stringAt(facts.event, 'status'),
  );
  if (blocked) return status;
  const noMailbox =
    stringAt(facts.event, 'bounce_classification') === 'Invalid Address' ||
    saysNoMailbox(stringAt(facts.event, 'status'));
  return { ...status, ...suppression(facts, 'hard_bounce', noMailbox) };
}

/** SendGrid did not send: for a list of its own, or for the email. Its reasons are those of the Event Webhook reference. */
function dropped(facts: Facts): ProviderEvent {
  const reason = stringAt(facts.event, 'reason') ?? '';
  const status = undelivered(facts, 'dropped', reason);
  switch (reason.toLowerCase()) {
    case 'bounced address':
      return { ...status, ...suppression(facts, 'hard_bounce') };
    case 'invalid':
      return { ...status, ...suppression(facts, 'invalid_address') };
    case 'spam reporting address':
      return { ...status, ...suppression(facts, 'complaint') };
    case 'unsubscribed address':
      return { ...status, optedOut: true };
    default:
      return status;
  }
}

type SuppressionReason = NonNullable<Status['suppress']>['reason'];

function suppression({ event }: Facts, reason: SuppressionReason, noMailbox = false): Pick<Status, 'suppress'> {
  const address = stringAt(event, 'email');
  return address ? { suppress: { address, reason, ...(noMailbox && { noMailbox }) } } : {};
}

function undelivered(facts: Facts, kind: string, detail?: string): Status {
  const message = stringAt(facts.event, 'reason');
  return {
    ...status(facts, 'undelivered'),
    code: (detail ? `${kind}/${detail}` : kind).slice(0, 64),
    ...(message ? { message } : {}),
  };
}

const status = ({ base, providerMessageId }: Facts, to: DeliveryStatus): Status => ({
  kind: 'status',
  ...base,
  providerMessageId,
  status: to,
});

const engagement = ({ base }: Facts, type: Engagement['type']): Engagement => ({ kind: 'engagement', ...base, type });

/** Of a person or of a machine: SendGrid knows Apple's proxy, and tells the user agent. */
function byAgent(facts: Facts, type: 'opened' | 'clicked'): Engagement {
  const agent = stringAt(facts.event, 'useragent');
  const isMachine = at(facts.event, 'sg_machine_open') === true || (agent !== undefined && isMachineAgent(agent));
  return { ...engagement(facts, type), ...(isMachine ? { byMachine: true } : {}) };
}
