/** What the sandbox has accepted in the place of providers. */
import type { SandboxMessage } from '../src/sandbox/index.js';
import { callApi } from './api-call.js';

/** One message as the sandbox accepted it, over HTTP. */
export type RecordedMessage = Omit<SandboxMessage, 'acceptedAt' | 'sentAt'> & { readonly acceptedAt: string };

interface Page {
  readonly items: readonly RecordedMessage[];
  readonly nextCursor: string | null;
}

/** Everything that the sandbox of a service has accepted, or all to one recipient, in order: what it accepted twice is there twice. */
export async function recordedMessages(origin: string, to?: string): Promise<RecordedMessage[]> {
  const recorded: RecordedMessage[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: URLSearchParams = new URLSearchParams({ limit: '1000', ...(to && { to }), ...(cursor && { cursor }) });
    const { status, body } = await callApi<Page>(origin, 'GET', `/sandbox/messages?${query.toString()}`);
    if (status !== 200) throw new Error(`The record was answered ${status}: ${JSON.stringify(body)}`);
    recorded.push(...body.items);
    cursor = body.nextCursor;
  }
  return recorded;
}
