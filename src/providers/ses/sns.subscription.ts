/** Agrees to a subscription that Amazon SNS asks about. */
import { MalformedWebhook, UntrustedWebhook } from '../webhook.errors.js';
import { fetchText } from './sns.fetch.js';
import type { SnsMessage } from './sns.message.js';

const SNS_HOST = /^sns\.[a-z0-9-]{3,}\.amazonaws\.com(\.cn)?$/;

/**
 * Confirms a subscription by GETting its `SubscribeURL`. Call it with a verified `SubscriptionConfirmation` only; the
 * address is checked all the same, so that no message can make us call anything but SNS (SSRF). `sandboxOrigin`, such as
 * `http://127.0.0.1:4000`, is accepted besides. Throws `MalformedWebhook`, `UntrustedWebhook`, or what the fetch threw: SNS
 * repeats its question after a 5xx, and confirming twice does no harm.
 */
export async function confirmSubscription(message: SnsMessage, sandboxOrigin?: string): Promise<void> {
  if (message.type !== 'SubscriptionConfirmation' || !URL.canParse(message.subscribeUrl ?? '')) {
    throw new MalformedWebhook('SubscribeURL');
  }
  const url = new URL(message.subscribeUrl ?? '');
  // `host` holds a port that is not the usual one, so the pattern refuses every other port.
  const atSns = url.protocol === 'https:' && SNS_HOST.test(url.host) && url.username === '' && url.password === '';
  if (!atSns && url.origin !== sandboxOrigin) throw new UntrustedWebhook('the SubscribeURL does not lead to SNS');
  await fetchText(url.href);
}
