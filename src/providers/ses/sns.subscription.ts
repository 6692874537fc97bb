/** Confirms an Amazon SNS subscription. */
import { MalformedWebhook, UntrustedWebhook } from '../webhook.errors.js';
import { fetchText } from './sns.fetch.js';
import type { SnsMessage } from './sns.message.js';

const SNS_HOST = /^sns\.[a-z0-9-]{3,}\.amazonaws\.com(\.cn)?$/;

/**
 * Confirms a subscription by GETting its `SubscribeURL`. Call it only with a verified `SubscriptionConfirmation`; the URL is
 * checked anyway, so that no message can make us call anything but SNS (SSRF). `sandboxOrigin`, such as
 * `http://127.0.0.1:4000`, is also accepted. Throws `MalformedWebhook`, `UntrustedWebhook`, or what the fetch threw: SNS
 * retries after a 5xx, and confirming twice is harmless.
 */
export async function confirmSubscription(message: SnsMessage, sandboxOrigin?: string): Promise<void> {
  if (message.type !== 'SubscriptionConfirmation' || !URL.canParse(message.subscribeUrl ?? '')) {
    throw new MalformedWebhook('SubscribeURL');
  }
  const url = new URL(message.subscribeUrl ?? '');
  // `host` includes a non-default port, so the pattern rejects every other port.
  const atSns = url.protocol === 'https:' && SNS_HOST.test(url.host) && url.username === '' && url.password === '';
  if (!atSns && url.origin !== sandboxOrigin) throw new UntrustedWebhook('the SubscribeURL does not lead to SNS');
  await fetchText(url.href);
}
