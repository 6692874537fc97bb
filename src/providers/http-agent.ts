/** Connections for SDKs whose own are unbounded or never time out. */
import { Agent } from 'undici';

/** `timeoutMs`: until a response begins, and between its parts. `connections`: concurrent ones, to one host. */
export interface AgentOptions {
  readonly timeoutMs: number;
  readonly connections: number;
}

/** Connections shared by all accounts of one provider. A response has at most 1 MiB; idle connections close by themselves. */
export const providerAgent = ({ timeoutMs, connections }: AgentOptions): Agent =>
  new Agent({
    connections,
    connect: { timeout: 3_000 },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: 1024 * 1024,
  });
