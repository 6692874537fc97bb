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
  for await (const page of pages(origin, to)) recorded.push(...page);
  return recorded;
}

/** Follows the record of a sandbox that takes thousands of messages: each look reads only what came since the one before. */
export class RecordFollower {
  private readonly seen: RecordedMessage[] = [];

  constructor(private readonly origin: string) {}

  /** All that was accepted up to now, in order, each as it was when it was first seen. */
  async look(): Promise<readonly RecordedMessage[]> {
    for await (const page of pages(this.origin, undefined, this.seen.at(-1)?.id)) this.seen.push(...page);
    return this.seen;
  }
}

async function* pages(origin: string, to?: string, after?: string): AsyncGenerator<readonly RecordedMessage[]> {
  for (let cursor: string | null | undefined = after; cursor !== null;) {
    const query: URLSearchParams = new URLSearchParams({ limit: '1000', ...(to && { to }), ...(cursor && { cursor }) });
    const { status, body } = await callApi<Page>(origin, 'GET', `/sandbox/messages?${query.toString()}`);
    if (status !== 200) throw new Error(`The record was answered ${status}: ${JSON.stringify(body)}`);
    yield body.items;
    cursor = body.nextCursor;
  }
}
