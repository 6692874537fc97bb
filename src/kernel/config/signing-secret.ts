/** Secrets of Standard Webhooks, by which two sides know each other's requests. */

/** `whsec_` and 24 to 64 bytes in base64. */
export const SIGNING_SECRET = /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** The end of "is not …". */
export const SIGNING_SECRET_MEANING = 'whsec_ and the base64 of 24 to 64 bytes';
