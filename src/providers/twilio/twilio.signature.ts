/** Verifies that a webhook comes from Twilio. */
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import type { ProviderAccount } from '../provider.port.js';
import type { WebhookAccounts, WebhookRequest } from '../provider.webhook.js';
import { MalformedWebhook, UntrustedWebhook } from '../webhook.errors.js';

const ACCOUNT_SID = /^\w{1,64}$/;

/** The fields of a form post. */
export const formOf = (request: WebhookRequest): URLSearchParams =>
  new URLSearchParams(request.rawBody.toString('utf8'));

/** The account that a webhook names, unverified: use it to look up auth tokens. Throws `MalformedWebhook`. */
export function accountSidOf(request: WebhookRequest): string {
  const accountSid = formOf(request).get('AccountSid');
  if (!accountSid || !ACCOUNT_SID.test(accountSid)) throw new MalformedWebhook('AccountSid');
  return accountSid;
}

/** The accounts whose token signed a webhook. Raises MalformedWebhook, or UntrustedWebhook if there is none. */
export async function signersOf(request: WebhookRequest, accounts: WebhookAccounts): Promise<ProviderAccount[]> {
  const named = await accounts.findByExternalId(accountSidOf(request));
  const signers = named.filter(({ credentials }) => isTwilioSignature(request, [credentials['authToken'] ?? '']));
  if (signers.length === 0) throw new UntrustedWebhook('the signature is not that of an account of ours');
  return signers;
}

/**
 * Whether `X-Twilio-Signature` matches the public URL and every form field under one of the account's auth tokens (two during
 * rotation; never an API key's secret). The SDK's own check, which compares in constant time and handles the ways Twilio writes
 * a port. It has no timestamp, so a replay passes: events must be deduplicated by their `dedupeKey`.
 */
export function isTwilioSignature(request: WebhookRequest, authTokens: readonly string[]): boolean {
  const signature = request.headers['x-twilio-signature'];
  if (!signature) return false;
  const fields = new Map<string, string[]>();
  for (const [name, value] of formOf(request)) fields.set(name, [...(fields.get(name) ?? []), value]);
  const params = Object.fromEntries(fields);
  return authTokens.some((token) => validateRequest(token, signature, request.url, params));
}
