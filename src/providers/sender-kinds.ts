/** Kinds of phone number that providers rate differently. */

const TOLL_FREE = /^\+1(800|833|844|855|866|877|888)\d{7}$/;
const SHORT_CODE = /^\+?\d{3,6}$/;

/** In the North American numbering plan. */
export const isTollFree = (number: string): boolean => TOLL_FREE.test(number);

export const isShortCode = (number: string): boolean => SHORT_CODE.test(number);
