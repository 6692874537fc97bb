/** What to do about a webhook that was not taken. */
import { descriptorOf, type ProviderDescriptor, type ProviderName } from '../providers/index.js';
import type { WebhookWriter } from '../sandbox/index.js';
import type { Answered } from './post.js';

/** Whether the deployment took it. */
export const isTaken = ({ status }: Answered): boolean => status !== undefined && status >= 200 && status < 300;

/** An answer in words. */
export const inWords = ({ status, detail }: Answered): string =>
  status === undefined
    ? `no answer (${detail ?? 'unknown'})`
    : detail === undefined
      ? String(status)
      : `${status}: ${detail}`;

/** The next step after a webhook that was signed for `base` and is not taken. */
export function adviceFor({ status }: Answered, provider: ProviderName, writer: WebhookWriter, base: string): string {
  if (status === undefined) return `Does the service run, and is ${base} its address?`;
  if (status === 403 || status === 401) return untrusted(provider, writer, base);
  if (status === 404 || status === 405) return `${base} is not Callboard, or a proxy changes the path.`;
  if (status === 400) return 'Something on the way changes the body: a proxy must forward it byte for byte.';
  if (status >= 300 && status < 400) return `${base} redirects, which providers do not follow: use its target.`;
  if (status === 503) return 'The deployment cannot take it now: a provider would try again.';
  return 'The log of the deployment says why: it names the request by its id.';
}

function untrusted(provider: ProviderName, { secret, coversUrl }: WebhookWriter, base: string): string {
  const descriptor = descriptorOf(provider);
  const question = `Is ${variableOf(descriptor, secret)} the one the deployment runs with?`;
  if (!coversUrl) return `${question} The time is signed too: it must be right within five minutes.`;
  const own = descriptor.variables.find((each) => 'setting' in each && each.setting === 'webhookBaseUrl')?.name;
  const names = own === undefined ? 'PUBLIC_URL' : `PUBLIC_URL (or ${own})`;
  return `${question} The signature covers the URL: is ${base} exactly the deployment’s ${names}?`;
}

/** The environment variable of a credential. */
export const variableOf = ({ variables }: ProviderDescriptor, credential: string): string =>
  variables.find((each) => 'credential' in each && each.credential === credential)?.name ?? credential;
