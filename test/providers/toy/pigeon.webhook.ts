/** Reports from Pigeon Post, and the proof that they are its own. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { stringAt } from '../../../src/kernel/index.js';
import { messageIdOf } from '../../../src/providers/message-tag.js';
import type { ProviderEvent } from '../../../src/providers/provider.events.js';
import type { VerifiedWebhook, WebhookAccounts, WebhookRequest } from '../../../src/providers/provider.webhook.js';
import { UntrustedWebhook } from '../../../src/providers/webhook.errors.js';

/** Hex: an HMAC of the body under the loft's token. */
export const pigeonSignature = (body: string | Buffer, token: string): string =>
  createHmac('sha256', token).update(body).digest('hex');

/** Raises UntrustedWebhook. */
export async function verifyPigeonWebhook(
  { headers, rawBody }: WebhookRequest,
  accounts: WebhookAccounts,
): Promise<VerifiedWebhook> {
  const given = Buffer.from(headers['pigeon-signature'] ?? '');
  const named = await accounts.findByExternalId(headers['pigeon-loft'] ?? '');
  const signers = named.filter(({ credentials }) => {
    const right = Buffer.from(pigeonSignature(rawBody, credentials['token'] ?? ''));
    return right.length === given.length && timingSafeEqual(right, given);
  });
  if (signers.length === 0) throw new UntrustedWebhook('the signature is wrong');
  return {
    events: [eventOf(JSON.parse(rawBody.toString('utf8')))],
    accountIds: signers.map(({ id }) => id),
    answer: { status: 202, type: 'text/plain', body: 'a grain' },
  };
}

function eventOf(said: unknown): ProviderEvent {
  const providerMessageId = stringAt(said, 'ref') ?? '';
  const text = stringAt(said, 'text');
  if (text === undefined) {
    const messageId = messageIdOf(stringAt(said, 'id'));
    const dedupeKey = `${providerMessageId}:landed`;
    return { kind: 'status', dedupeKey, providerMessageId, status: 'delivered', ...(messageId && { messageId }) };
  }
  const [from = '', to = ''] = [stringAt(said, 'from'), stringAt(said, 'to')];
  const inbound = { dedupeKey: providerMessageId, channel: 'sms', from, to, body: text, providerMessageId } as const;
  return { kind: 'inbound', ...inbound, ...(text === 'STOP' && { keyword: 'stop' }) };
}
