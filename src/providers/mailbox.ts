/** Mailboxes, for a From header and as providers report them. */

/** Base64 of 45 bytes is 60 characters: with its delimiters an encoded word stays under the 75 of RFC 2047, section 2. */
const WORD_BYTES = 45;

/**
 * An address with its display name, safe in a header: the name is a quoted string (RFC 5322, 3.2.4) or, beyond ASCII, a series
 * of encoded words (RFC 2047), as SES requires. Line breaks and other control characters become spaces.
 */
export function mailbox(address: string, name = ''): string {
  const label = name.replace(/\p{Cc}+/gu, ' ').trim();
  if (label === '') return address;
  const phrase = /^[\x20-\x7e]*$/.test(label) ? `"${label.replace(/["\\]/g, '\\$&')}"` : encodedWords(label);
  return `${phrase} <${address}>`;
}

/** The bare address of `Name <address>`, or of itself. */
export const bareAddress = (text: string): string => (/<([^<>]+)>\s*$/.exec(text)?.[1] ?? text).trim();

/** Splits between characters, never inside one: each word must decode by itself. */
function encodedWords(text: string): string {
  const words: string[] = [''];
  for (const character of text) {
    const word = words.at(-1) + character;
    if (Buffer.byteLength(word) > WORD_BYTES) words.push(character);
    else words[words.length - 1] = word;
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}

/**
 * Enhanced status codes of an address that is wrong for everybody (RFC 3463, RFC 7505): no such mailbox, no such domain, no address at all, a domain
 * that takes no mail. Other permanent failures, such as a policy, may be about the sender.
 */
const NO_MAILBOX = /\b5\.1\.(1|2|3|10)\b/;

/** Whether a status, or what the server said, holds such a code. */
export const saysNoMailbox = (...words: readonly (string | undefined)[]): boolean =>
  words.some((text) => text !== undefined && NO_MAILBOX.test(text));
