/** Characters that a reader sees nothing of: blanks, control characters, and what Unicode says to leave out of display. */
const NOTHING = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether a text is absent or shows nothing: zero-width spaces and soft hyphens count as blanks. */
export const isBlank = (text: string | null | undefined): boolean => NOTHING.test(text ?? '');
