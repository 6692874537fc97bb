/** Whether a request for a link is a machine's: a scanner, a preview or a prefetch. Pure. */
import type { IncomingHttpHeaders } from 'node:http';
import { isMachineAgent } from '../kernel/index.js';

/** What browsers say of requests that nobody has asked for yet (Fetch standard, and what came before it). */
const PURPOSES = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];
const NOT_FOLLOWED = /prefetch|prerender|preview/i;

/** By what the request says of itself; what comes too soon after the message is another matter. */
export function isMachineRequest(method: string, headers: IncomingHttpHeaders): boolean {
  if (method === 'HEAD' || isMachineAgent(headers['user-agent'] ?? '')) return true;
  return PURPOSES.some((name) => NOT_FOLLOWED.test(String(headers[name] ?? '')));
}
