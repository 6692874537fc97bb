/** Which messages a venue's machine wrote, by their type. */

export const AUTOMATIC_REPLY = 'automatic_reply';

/** An answer to a keyword, such as HELP, is one too. */
const AUTOMATIC = [AUTOMATIC_REPLY, 'keyword_reply'];

export const isAutomatic = (messageType: string | null): boolean =>
  messageType !== null && AUTOMATIC.includes(messageType);
