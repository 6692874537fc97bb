/** Media that people send, as Plivo keeps it: by the account's credentials, at a host of its own. It leads nowhere else. */
import { credential } from '../client-cache.js';
import { basicAuth, type MediaRequest } from '../media/inbound-media.js';
import type { ProviderAccount } from '../provider.port.js';
import { AUTH_ID } from './plivo.client.js';

const HOST = /^https:\/\/(?:[a-z0-9-]+\.)?media\.plivo\.com$/;

/** Undefined for an address that is none of this account's media. `baseUrl` is where the API is besides. Throws BadCredential. */
export function plivoMediaRequest(
  account: ProviderAccount,
  url: string,
  baseUrl: string | undefined,
): MediaRequest | undefined {
  const authId = credential(account, 'authId', AUTH_ID);
  const { origin, href } = new URL(url);
  const places = HOST.test(origin) ? [origin, `${origin}/v1`] : [];
  if (baseUrl !== undefined) places.push(`${baseUrl}/v1`);
  if (!places.some((place) => href.startsWith(`${place}/Account/${authId}/`))) return undefined;
  return { headers: basicAuth(authId, credential(account, 'authToken')), mayLeadTo: () => false };
}
