/** Names of hosts on the public internet. */

const LABEL = '[a-z\\d](?:[a-z\\d-]{0,61}[a-z\\d])?';
const HOST_NAME = new RegExp(`^(?:${LABEL}\\.)+(?=[a-z\\d-]*[a-z])${LABEL}$`);

/** Whether a text is a name of at least two labels, in lower case as ASCII has it (`xn--…`), without a port or a dot at its end. No address is one. */
export const isHostName = (text: unknown): boolean =>
  typeof text === 'string' && text.length <= 253 && HOST_NAME.test(text);
