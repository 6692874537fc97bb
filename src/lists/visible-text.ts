/** Text as it is seen: characters of no width are blanks. */

const OUTER_BLANKS = /^[\s\p{Default_Ignorable_Code_Point}]+|[\s\p{Default_Ignorable_Code_Point}]+$/gu;

/** Without blanks and invisible characters at both ends. */
export const visibleText = (text: string): string => text.replaceAll(OUTER_BLANKS, '');

/** Whether nothing is to be seen. */
export function isBlank(text: string): boolean {
  const first = text.charCodeAt(0);
  // Most values begin with a visible ASCII character.
  return first > 32 && first < 127 ? false : visibleText(text) === '';
}
