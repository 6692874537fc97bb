/** The place of a sender's address on messages that wait for a number. */

const PREFIX = 'number:';

/** `orderId`: of the number. */
export const waitingAddress = (orderId: string): string => PREFIX + orderId;

/** The id of the order that a message waits for; undefined for an address that it is sent from. */
export const awaitedOrder = (address: string): string | undefined =>
  address.startsWith(PREFIX) ? address.slice(PREFIX.length) : undefined;

/** As it is shown: null while the number is awaited. */
export const shownAddress = (address: string): string | null => (awaitedOrder(address) === undefined ? address : null);
