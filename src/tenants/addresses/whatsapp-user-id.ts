/** WhatsApp's business-scoped user ids: the address of a person who has a username and hides the number. */

/** Such as `DE.13491208655302741918`; the same person has another one with another business. Source: Meta, Cloud API. */
const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/;

export const isWhatsAppUserId = (text: string): boolean => USER_ID.test(text);
