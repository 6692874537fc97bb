/** Resend's responses by key, kept for a day: https://resend.com/docs/dashboard/emails/idempotency-keys */
import { createHash } from 'node:crypto';
import type { WireAnswer } from '../wire.js';
import { resendRefusal } from './resend-errors.js';

const KEPT_MS = 24 * 3_600_000;
const MAX_KEY = 256;
/** Beyond this the oldest are dropped. */
const MOST = 100_000;

interface Kept {
  readonly digest: string;
  readonly at: number;
  readonly answer: WireAnswer;
}

export class IdempotencyKeys {
  private readonly kept = new Map<string, Kept>();
  private readonly underWay = new Set<string>();

  /** Runs a whole call, from request to response, and passes whether another with its key is running. */
  async during(key: string | undefined, call: (isSecond: boolean) => Promise<void>): Promise<void> {
    if (key === undefined || this.underWay.has(key)) return call(key !== undefined);
    this.underWay.add(key);
    try {
      await call(false);
    } finally {
      this.underWay.delete(key);
    }
  }

  /**
   * Returns the first call's response under this key, or the result of `work`. Only successes are kept. Throws Resend's error
   * for a key used with another body.
   */
  answer(key: string | undefined, body: unknown, work: () => WireAnswer): WireAnswer {
    if (key === undefined) return work();
    const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    const kept = this.find(key);
    if (kept && kept.digest !== digest) {
      throw resendRefusal('invalid_idempotent_request', 'This key has been used with another body.');
    }
    if (kept) return kept.answer;
    const answer = work();
    if (answer.status < 300) this.keep(key, { digest, at: Date.now(), answer });
    return answer;
  }

  /** The key in a header. Throws the error for an invalid one. */
  read(header: string | undefined): string | undefined {
    if (header !== undefined && (header.length === 0 || header.length > MAX_KEY)) {
      throw resendRefusal('invalid_idempotency_key', `A key has 1 to ${MAX_KEY} characters.`);
    }
    return header;
  }

  private find(key: string): Kept | undefined {
    const kept = this.kept.get(key);
    return kept && Date.now() - kept.at < KEPT_MS ? kept : undefined;
  }

  private keep(key: string, kept: Kept): void {
    this.kept.set(key, kept);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST && oldest !== undefined) this.kept.delete(oldest);
  }
}
