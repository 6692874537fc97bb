/** URLs that somebody else is to fetch. */

const MAX_LENGTH = 2_000;

/** The rule as the end of "must be …". */
export const WEB_ADDRESS = 'an http or https address of at most 2,000 characters, without blanks';

/** Whether a text is an absolute URL that needs no encoding. */
export function isWebAddress(text: unknown): boolean {
  return (
    typeof text === 'string' &&
    text.length <= MAX_LENGTH &&
    /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) &&
    URL.canParse(text)
  );
}
