/** Reads email addresses. */
import { domainToASCII } from 'node:url';
import { pastedText } from './pasted-text.js';

const MAX_LENGTH = 320;
/** ASCII, because Amazon SES accepts no other local part. An apostrophe at its beginning is a spreadsheet's, not the mailbox's. */
const LOCAL_PART = /^(?!')[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/;
/** Around what needs none, the same mailbox without them (RFC 5321, 4.1.2). */
const QUOTES = /^"(.*)"$/;
/** What `domainToASCII` would cut off or decode instead of rejecting. */
const NOT_IN_A_DOMAIN = /[\s/\\?#%:[\]]/;
/** At least two labels, the last starting with a letter, which excludes IP addresses. */
const DOMAIN = /^(?=.{1,253}$)([a-z0-9_]([\w-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/**
 * In lower case, the domain in ASCII (punycode) and without the dot of the root; undefined if the text is no email address. The
 * whole address is lower-cased, though RFC 5321 lets a server distinguish `Ana@` from `ana@`: nobody relies on it, and a person
 * who opts out as `Ana@` must not be written to as `ana@`.
 */
export function readEmailAddress(text: string): string | undefined {
  const address = pastedText(text).replace(/^<(.*)>$/s, '$1');
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0)).replace(QUOTES, '$1');
  const domain = address.slice(at + 1);
  if (address.length > MAX_LENGTH || !LOCAL_PART.test(local) || NOT_IN_A_DOMAIN.test(domain)) return undefined;
  const ascii = domainToASCII(domain).replace(/\.$/, '');
  return DOMAIN.test(ascii) ? `${local}@${ascii}`.toLowerCase() : undefined;
}
