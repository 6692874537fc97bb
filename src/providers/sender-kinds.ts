/** Kinds of sender that providers treat differently. */

const TOLL_FREE = /^\+1(800|833|844|855|866|877|888)\d{7}$/;
const SHORT_CODE = /^\+?\d{3,6}$/;

/** In the North American numbering plan. */
export const isTollFree = (number: string): boolean => TOLL_FREE.test(number);

/** A Messaging Service of Twilio: it sends from one of the numbers of its pool. */
export const MESSAGING_SERVICE = /^MG[0-9a-f]{32}$/;

export const isShortCode = (number: string): boolean => SHORT_CODE.test(number);
