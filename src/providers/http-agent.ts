/** The connections under the SDKs whose own are unbounded, or never time out. */
import { Agent } from 'undici';

/** `timeoutMs`: how long an answer may take to begin, and how long it may then stay silent. `connections`: at once, to one host. */
export interface AgentOptions {
  readonly timeoutMs: number;
  readonly connections: number;
}

/** Connections that all accounts at one provider share. An answer has at most 1 MiB; idle connections close by themselves. */
export const providerAgent = ({ timeoutMs, connections }: AgentOptions): Agent =>
  new Agent({
    connections,
    connect: { timeout: 3_000 },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: 1024 * 1024,
  });
