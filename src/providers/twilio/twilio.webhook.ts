/** Twilio's status callbacks and inbound messages, in our terms. */
import { timeOf } from '../../kernel/index.js';
import { messageIdOf } from '../message-tag.js';
import { countedSegments, type ProviderEvent } from '../provider.events.js';
import { mediaOf, MOST_MEDIA } from '../media/inbound-media.js';
import type { VerifiedWebhook, WebhookAccounts, WebhookRequest } from '../provider.webhook.js';
import { MESSAGING_SERVICE } from '../sender-kinds.js';
import { MalformedWebhook } from '../webhook.errors.js';
import { keywordOf, keywordOfButton } from './twilio.keywords.js';
import { twilioCall } from './twilio.calls.js';
import { formOf, signersOf } from './twilio.signature.js';
import { plain, twilioStatus } from './twilio.statuses.js';

/** Characters of a sid, a status or an address, from which keys are built. */
const MAX_LENGTH = 320;
/** No reply to the person: Twilio itself replies to STOP, START and HELP. */
const EMPTY_TWIML = { status: 200, type: 'text/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' };

/** Raises MalformedWebhook, or UntrustedWebhook for an unknown account or a wrong signature. */
export async function verifyTwilioWebhook(
  request: WebhookRequest,
  accounts: WebhookAccounts,
): Promise<VerifiedWebhook> {
  const signers = await signersOf(request, accounts);
  const events = parseTwilioWebhook(request);
  return {
    events,
    accountIds: signers.map(({ id }) => id),
    answer: events.some(({ kind }) => kind === 'inbound') ? EMPTY_TWIML : { status: 204 },
  };
}

/**
 * Parses a verified status callback or inbound message. The message of a status is ours if the URL's `mid` is a UUID. Throws
 * `MalformedWebhook` if it names no message or has neither a status nor a sender.
 */
export function parseTwilioWebhook(request: WebhookRequest): ProviderEvent[] {
  const form = formOf(request);
  if (form.has('CallSid')) return [callOf(form, required(form, 'CallSid'), required(form, 'CallStatus'), request.url)];
  const sid = required(form, 'MessageSid');
  const isRead = form.get('EventType') === 'READ';
  const status = isRead ? 'read' : required(form, form.has('MessageStatus') ? 'MessageStatus' : 'SmsStatus');
  return [status === 'received' ? inbound(form, sid) : statusOf(form, sid, status, request.url)];
}

function statusOf(form: URLSearchParams, sid: string, word: string, url: string): ProviderEvent {
  const messageId = messageIdOf(new URL(url).searchParams.get('mid'));
  const [from, to] = ['From', 'To'].map((field) => form.get(field) ?? '') as [string, string];
  return twilioStatus({
    sid,
    word,
    messageId,
    from,
    to,
    code: form.get('ErrorCode') ?? undefined,
    message: form.get('ErrorMessage') ?? undefined,
  });
}

/** A call's progress (`call-progress-events`). */
function callOf(form: URLSearchParams, sid: string, word: string, url: string): ProviderEvent {
  return twilioCall({
    sid,
    word,
    messageId: messageIdOf(new URL(url).searchParams.get('mid')),
    to: form.get('To') ?? '',
    answeredBy: form.get('AnsweredBy')?.slice(0, MAX_LENGTH) || undefined,
    duration: form.get('CallDuration') ?? undefined,
    sipCode: form.get('SipResponseCode')?.slice(0, MAX_LENGTH) || undefined,
    occurredAt: timeOf(form.get('Timestamp') ?? undefined),
  });
}

function inbound(form: URLSearchParams, sid: string): ProviderEvent {
  const dedupeKey = `inbound:${sid}`;
  const from = required(form, 'From');
  const channel = channelOf(from, form);
  if (!channel) return { kind: 'ignored', dedupeKey, type: 'inbound' };
  const body = form.get('Body') ?? '';
  const pool = form.get('MessagingServiceSid') ?? '';
  const button = keywordOfButton(form.get('ButtonPayload'), form.get('ButtonText'));
  const keyword = keywordOf(body, form.get('OptOutType')) ?? button;
  const userId = channel === 'whatsapp' ? form.get('ExternalUserId') : null;
  return {
    kind: 'inbound',
    dedupeKey,
    channel,
    from: plain(from),
    ...(userId && userId.length <= MAX_LENGTH ? { userId } : {}),
    to: plain(required(form, 'To')),
    ...(MESSAGING_SERVICE.test(pool) ? { pool } : {}),
    body,
    ...mediaOf(mediaIn(form)),
    ...countedSegments(form.get('NumSegments')),
    providerMessageId: sid,
    ...(keyword ? { keyword } : {}),
    ...(form.get('OptOutType') ? { isAnsweredByProvider: true } : {}),
  };
}

function mediaIn(form: URLSearchParams): { url: string | null; mediaType: string | null }[] {
  const count = Math.min(Number(form.get('NumMedia') ?? 0), MOST_MEDIA);
  return Array.from({ length: count }, (_, place) => ({
    url: form.get(`MediaUrl${place}`),
    mediaType: form.get(`MediaContentType${place}`),
  }));
}

/** Addresses of other channels have a prefix, such as `messenger:`. */
function channelOf(from: string, form: URLSearchParams): 'sms' | 'mms' | 'whatsapp' | undefined {
  if (from.startsWith('whatsapp:')) return 'whatsapp';
  if (from.includes(':')) return undefined;
  return Number(form.get('NumMedia') ?? 0) > 0 ? 'mms' : 'sms';
}

function required(form: URLSearchParams, field: string): string {
  const value = form.get(field);
  if (!value || value.length > MAX_LENGTH) throw new MalformedWebhook(field);
  return value;
}
