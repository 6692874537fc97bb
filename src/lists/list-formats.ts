/** The formats that a list may be sent in. */

export const LIST_FORMATS = ['csv', 'ndjson', 'json'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];
