/** When a provider asks us to come back. */

/** Milliseconds in a Retry-After header, in seconds or as a date (RFC 9110, 10.2.3); undefined where there is none to be read. */
export function retryAfterMs(header: string | readonly string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const wait = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
