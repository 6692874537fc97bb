/** Which addresses are of the public internet, and so nobody's own network. */
import ipaddr from 'ipaddr.js';

/** Global unicast: all that has been given out of IPv6. */
const GIVEN_OUT = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether anybody may be told to connect there: an IPv4 or IPv6 address in none of IANA's special-purpose registries. One that
 * has an IPv4 address inside is not, whatever that is: it leads to wherever a gateway has it lead.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  return address.range() === 'unicast' && (address instanceof ipaddr.IPv4 || address.match(GIVEN_OUT));
}

/** `loopback`: this machine; `public`: the internet; `private`: anything else. */
export type AddressClass = 'loopback' | 'private' | 'public';

/** All that may be kept of a caller's address where it says nothing of a person. An IPv4 address may be written as one of IPv6. */
export function addressClassOf(text: string): AddressClass {
  const plain = ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
  if (plain?.range() === 'loopback') return 'loopback';
  return plain && isPublicAddress(plain.toString()) ? 'public' : 'private';
}

/** One spelling of a host: a name in small letters, an address in its shortest form, without brackets. */
export function plainHost(host: string): string {
  const bare = host.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(bare) ? ipaddr.parse(bare).toString() : bare.toLowerCase();
}

export const isAddress = (host: string): boolean => ipaddr.isValid(host);
