/** Email addresses as providers take them. */

const ADDRESS = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/i;
const MAX_ADDRESS = 320;
const NAME_AND_ADDRESS = /^[^<>]*<([^<>]+)>$/;

/** The address itself, of `Name <address>` or of a bare one. */
export const bareAddress = (mailbox: string): string => (NAME_AND_ADDRESS.exec(mailbox)?.[1] ?? mailbox).trim();

export const isAddress = (text: string): boolean => text.length <= MAX_ADDRESS && ADDRESS.test(text);
