/** Posts JSON to URLs that callers name, signed as Standard Webhooks has it. */
import { Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { ForbiddenAddress, GuardedFetch } from '../kernel/index.js';
import { retryAfterMs } from '../providers/index.js';
import type { Verdict } from './delivery.js';

/** From the look-up of the name to the headers of the answer. */
const TIMEOUT_MS = 10_000;
const GONE = 410;

export interface SignedPost {
  readonly url: string;
  /** The same however often it is posted: by it a receiver knows what it has seen. */
  readonly id: string;
  readonly body: string;
  /** It is signed by each, of which a receiver knows one. */
  readonly secrets: readonly string[];
  /** The caller bounds its calls to this receiver: those to others on the same host do not count. */
  readonly isPaced?: true;
}

@Injectable()
export class SignedPosts {
  constructor(private readonly fetch: GuardedFetch) {}

  /** Never rejects for what a receiver or the network does. Redirects are not followed, and bodies not read. */
  async post({ url, id, body, secrets, isPaced }: SignedPost): Promise<Verdict> {
    if (secrets.length === 0) return { kind: 'failed', error: 'no_secret' };
    try {
      const { status, headers } = await this.fetch.ask(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signed(id, body, secrets) },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(isPaced && { isPaced }),
      });
      return verdictOf(status, headers['retry-after']);
    } catch (error) {
      return { kind: 'failed', error: errorOf(error) };
    }
  }
}

function signed(id: string, body: string, secrets: readonly string[]): Record<string, string> {
  const now = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}

function verdictOf(status: number, retryAfter: string | undefined): Verdict {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const error = `http_${status}`;
  if (status === GONE) return { kind: 'refused', error };
  const ms = retryAfterMs(retryAfter);
  return { kind: 'failed', error, ...(ms !== undefined && { retryAfterMs: ms }) };
}

/** A name whose look-up fails today may lead to the public internet tomorrow: it is tried again too. */
function errorOf(error: unknown): string {
  if (error instanceof ForbiddenAddress) return 'forbidden_address';
  const { code, name } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (name === 'TimeoutError') return 'timeout';
  return typeof code === 'string' ? code.toLowerCase() : 'no_answer';
}
