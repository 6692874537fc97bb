/** Calls to the API over HTTP, as another program makes them. */

export interface ApiCall {
  /** The API key; none for a public route. */
  readonly key?: string;
  /** The tenant that the platform acts for. */
  readonly tenantId?: string;
  /** An object is sent as JSON, a text as NDJSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface ApiAnswer<Body> {
  readonly status: number;
  /** An object where the answer is JSON, else its text. */
  readonly body: Body;
}

/** Calls a route, and answers whatever the service answers. Raises fetch's Error where there is no answer. */
export async function callApi<Body = unknown>(
  origin: string,
  method: string,
  path: string,
  { key, tenantId, body, headers, timeoutMs = 120_000 }: ApiCall = {},
): Promise<ApiAnswer<Body>> {
  const isText = typeof body === 'string';
  const answer = await fetch(`${origin}${path}`, {
    method,
    headers: {
      ...headers,
      ...(key && { authorization: `Bearer ${key}` }),
      ...(tenantId && { 'x-tenant-id': tenantId }),
      ...(body !== undefined && { 'content-type': isText ? 'application/x-ndjson' : 'application/json' }),
    },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text.startsWith('{') ? JSON.parse(text) : text) as Body };
}
