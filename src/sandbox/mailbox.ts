/** Email at the providers. */

/** The sender address of sandbox email if a venue has none. */
export const SANDBOX_FROM = 'no-reply@sandbox.callboard.test';
/** Every other domain is verified at the email providers. */
const UNVERIFIED = /^unverified\./i;

export const isVerified = (domain: string): boolean => !UNVERIFIED.test(domain);

/** The domain of an address. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Email providers take 40 MB, far more than the rest of the service. */
export const EMAIL_BODY_LIMIT = 40 * 1024 * 1024;

const ADDRESS = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/i;
const MAX_ADDRESS = 320;
const NAME_AND_ADDRESS = /^[^<>]*<([^<>]+)>$/;

/** The bare address of `Name <address>`. */
export const bareAddress = (mailbox: string): string => (NAME_AND_ADDRESS.exec(mailbox)?.[1] ?? mailbox).trim();

export const isAddress = (text: string): boolean => text.length <= MAX_ADDRESS && ADDRESS.test(text);
