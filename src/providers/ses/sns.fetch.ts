/** Fetches one small text from a checked URL. */
const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 5_000;

/**
 * GETs a text of at most 64 KiB within five seconds. Follows no redirects, because only the URL itself was checked. Rejects on
 * any status but 200.
 */
export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    throw new Error(`HTTP ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`More than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
