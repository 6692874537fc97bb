/** Plivo's status callbacks and inbound messages, in our terms. */
import { messageIdOf } from '../message-tag.js';
import type { ProviderAccount } from '../provider.port.js';
import { countedSegments, type ProviderEvent } from '../provider.events.js';
import { mediaOf, MOST_MEDIA } from '../media/inbound-media.js';
import type { VerifiedWebhook, WebhookAccounts, WebhookRequest } from '../provider.webhook.js';
import { MalformedWebhook, UntrustedWebhook } from '../webhook.errors.js';
import { keywordOf } from './plivo.keywords.js';
import { formOf, hasV3, isV2Signature, isV3Signature } from './plivo.signature.js';
import { numberOf, plivoPrice, plivoStatus } from './plivo.statuses.js';

/** Characters of an id, a state or an address, from which keys are built. */
const MAX_LENGTH = 320;
/** No reply to the person: Plivo itself replies to STOP, START and HELP. A call is ended. */
const EMPTY_RESPONSE = {
  status: 200,
  type: 'application/xml',
  body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
};

/**
 * For the platform's account, or the one named in the webhook's path. Raises MalformedWebhook, or UntrustedWebhook for an
 * unknown account or a wrong signature.
 */
export async function verifyPlivoWebhook(request: WebhookRequest, accounts: WebhookAccounts): Promise<VerifiedWebhook> {
  const { accountId } = request;
  const account = await (accountId === undefined ? accounts.platform() : accounts.find(accountId));
  if (!account || !isSigned(request, account)) {
    throw new UntrustedWebhook('the signature is not that of an account of ours');
  }
  const events = parsePlivoWebhook(request);
  return {
    events,
    accountIds: [account.id],
    answer:
      events.some(({ kind }) => kind === 'inbound') || isOfCall(formOf(request)) ? EMPTY_RESPONSE : { status: 204 },
  };
}

/**
 * V2, which Plivo's guide to messages promises, signs no field: it counts only where V3 is missing, at the account's own path,
 * whose id nobody outside can guess, and by https, so that nobody on the way has seen a signature.
 */
function isSigned(request: WebhookRequest, { credentials }: ProviderAccount): boolean {
  const token = credentials['authToken'];
  if (!token) return false;
  if (hasV3(request)) return isV3Signature(request, token);
  return request.accountId !== undefined && isPrivate(request.url) && isV2Signature(request, token);
}

function isPrivate(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || hostname === '127.0.0.1' || hostname === 'localhost';
}

/**
 * Parses a verified status callback or inbound message. The message of a status is ours if the URL's `mid` is a UUID. Throws
 * `MalformedWebhook` if it names no message, or no sender.
 */
export function parsePlivoWebhook(request: WebhookRequest): ProviderEvent[] {
  const form = formOf(request);
  if (isOfCall(form)) return [{ kind: 'ignored', dedupeKey: callKey(form), type: 'call' }];
  const uuid = required(form, 'MessageUUID');
  const word = form.get('Status');
  return [word === null ? inbound(form, uuid) : statusOf(form, uuid, word, request.url)];
}

/** Somebody calls one of our numbers, whose application has this address for calls too. */
const isOfCall = (form: URLSearchParams): boolean => form.has('CallUUID') && !form.has('MessageUUID');

const callKey = (form: URLSearchParams): string =>
  `call:${required(form, 'CallUUID')}:${form.get('CallStatus')?.slice(0, MAX_LENGTH) ?? ''}`;

function statusOf(form: URLSearchParams, uuid: string, word: string, url: string): ProviderEvent {
  if (word.length > MAX_LENGTH) throw new MalformedWebhook('Status');
  const parent = form.get('ParentMessageUUID');
  // What a part of a long message costs is not what the message does.
  const isWhole = /^1 of 1$/.test(form.get('PartInfo') ?? '1 of 1');
  return plivoStatus({
    uuid,
    messageUuid: parent && parent.length <= MAX_LENGTH ? parent : uuid,
    word,
    messageId: messageIdOf(new URL(url).searchParams.get('mid')),
    to: form.get('To') ?? '',
    code: form.get('ErrorCode')?.slice(0, MAX_LENGTH) || undefined,
    price: isWhole ? plivoPrice(form.get('TotalAmount') ?? undefined) : undefined,
  });
}

function inbound(form: URLSearchParams, uuid: string): ProviderEvent {
  const dedupeKey = `inbound:${uuid}`;
  const channel = channelOf(form);
  if (!channel) return { kind: 'ignored', dedupeKey, type: 'inbound' };
  // The text of an MMS has a name of its own.
  const body = form.get('Text') || (form.get('Body') ?? '');
  const keyword = keywordOf(body);
  return {
    kind: 'inbound',
    dedupeKey,
    channel,
    from: numberOf(required(form, 'From')),
    to: numberOf(required(form, 'To')),
    body,
    ...mediaOf(mediaIn(form)),
    ...countedSegments(form.get('Units')),
    providerMessageId: uuid,
    ...(keyword ? { keyword } : {}),
  };
}

/** Plivo's reference counts them from 1, its examples from 0. */
const mediaIn = (form: URLSearchParams): { url: string | null }[] =>
  Array.from({ length: MOST_MEDIA + 1 }, (_, place) => ({ url: form.get(`Media${place}`) }));

/** Undefined for WhatsApp, which is not spoken through Plivo here. */
function channelOf(form: URLSearchParams): 'sms' | 'mms' | undefined {
  if (form.get('Type') === 'whatsapp') return undefined;
  return form.get('Type') === 'mms' || form.has('Media0') || form.has('Media1') ? 'mms' : 'sms';
}

function required(form: URLSearchParams, field: string): string {
  const value = form.get(field);
  if (!value || value.length > MAX_LENGTH) throw new MalformedWebhook(field);
  return value;
}
