/** Parses a provider's Retry-After. */

/** Milliseconds from a Retry-After header, in seconds or as a date (RFC 9110, 10.2.3); undefined if missing or malformed. */
export function retryAfterMs(header: string | readonly string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const wait = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
