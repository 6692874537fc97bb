/** Media that people send, as Twilio keeps it: an address of the API, by the account's credentials, which leads to where the bytes are. */
import { credential } from '../client-cache.js';
import { basicAuth, type MediaRequest } from '../media/inbound-media.js';
import type { ProviderAccount } from '../provider.port.js';

/** The API, in whichever region. */
const API = /^https:\/\/api(?:\.[a-z0-9-]+){0,2}\.twilio\.com$/;
/**
 * Where the API leads to: Twilio's own storage with an address for four hours, or Amazon's where the account does not enforce authentication
 * ("Protect Media Access with HTTP Basic Authentication").
 */
const STORAGE = /^https:\/\/(?:[a-z0-9-]+\.twiliocdn\.com|s3[a-z0-9.-]*\.amazonaws\.com)$/;

/** Undefined for an address that is none of this account's media. `baseUrl` is where the API is besides. Throws BadCredential. */
export function twilioMediaRequest(
  account: ProviderAccount,
  url: string,
  baseUrl: string | undefined,
): MediaRequest | undefined {
  const accountSid = credential(account, 'accountSid');
  const path = `/2010-04-01/Accounts/${accountSid}/Messages/`;
  const { origin, href } = new URL(url);
  const isOurs = baseUrl !== undefined && href.startsWith(baseUrl + path);
  if (!isOurs && !(API.test(origin) && href.startsWith(origin + path))) return undefined;
  const { apiKeySid = accountSid, apiKeySecret = credential(account, 'authToken') } = account.credentials;
  return {
    headers: basicAuth(apiKeySid, apiKeySecret),
    mayLeadTo: (next) =>
      STORAGE.test(new URL(next).origin) || (baseUrl !== undefined && next.startsWith(`${baseUrl}/`)),
  };
}
