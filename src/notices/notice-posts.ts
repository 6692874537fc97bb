/** Posts notices to URLs, signed as Standard Webhooks has it. */
import { Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { ForbiddenAddress, GuardedFetch } from '../kernel/index.js';
import { retryAfterMs } from '../providers/index.js';
import type { Delivery, Verdict } from './delivery.js';
import { NoticeSecrets } from './notice-secrets.js';

/** From the look-up of the name to the headers of the answer. */
const TIMEOUT_MS = 10_000;
const GONE = 410;

@Injectable()
export class NoticePosts {
  constructor(
    private readonly fetch: GuardedFetch,
    private readonly secrets: NoticeSecrets,
  ) {}

  /** Never rejects for what a receiver or the network does. Redirects are not followed, and bodies not read. */
  async post(delivery: Delivery): Promise<Verdict> {
    const secrets = await this.secrets.of(delivery.toOperator ? null : delivery.tenantId);
    if (secrets.length === 0) return { kind: 'failed', error: 'no_secret' };
    const body = JSON.stringify(bodyOf(delivery));
    try {
      const { status, headers } = await this.fetch.ask(delivery.address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signed(delivery.id, body, secrets) },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return verdictOf(status, headers['retry-after']);
    } catch (error) {
      return { kind: 'failed', error: errorOf(error) };
    }
  }
}

/** Signed by each secret, of which a receiver knows one. The id stays the same however often it is posted. */
function signed(id: string, body: string, secrets: readonly string[]): Record<string, string> {
  const now = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}

const bodyOf = ({ kind, createdAt, noticeId, tenantId, payload }: Delivery): object => ({
  type: kind,
  timestamp: createdAt.toISOString(),
  noticeId,
  tenantId,
  data: payload,
});

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
