/** Posts the "providers'" callbacks: over kept-alive connections, a few at once, retried as each provider does. */
import { Logger } from '@nestjs/common';
import { Agent, request } from 'undici';
import type { Agenda } from './agenda.js';

const CONNECTIONS = 32;
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 15_000;
const MAX_WAITING = 500_000;

export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The HTTP status, or how the attempt failed without one. */
export type PostResult = number | 'not-connected' | 'no-answer';

export interface Callback {
  readonly url: string;
  /** Builds the post, with its signature; called for each attempt. */
  readonly prepare: () => Post | Promise<Post>;
  /** Delay before each further attempt, in ms: its length is their maximum number. */
  readonly retryDelaysMs: readonly number[];
  readonly retryOn: (result: PostResult) => boolean;
}

/**
 * First come, first served, 32 concurrent posts. When 500,000 wait, further ones are dropped, as a best-effort provider would,
 * and a warning is logged once.
 */
export class CallbackSender {
  private readonly logger = new Logger(CallbackSender.name);
  private readonly agent = new Agent({
    connections: CONNECTIONS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });
  private waiting: Callback[] = [];
  private taken = 0;
  private underWay = 0;
  private overflowed = false;
  private closed = false;

  constructor(private readonly agenda: Agenda) {}

  /** Posts in turn, and retries by the callback's own rules. */
  post(callback: Callback): void {
    if (this.waiting.length - this.taken >= MAX_WAITING) {
      if (!this.overflowed)
        this.logger.warn(`More than ${MAX_WAITING} callbacks wait to be posted: further ones are lost`);
      this.overflowed = true;
      return;
    }
    this.waiting.push(callback);
    this.work();
  }

  /** How many wait to be posted, or for an answer; without those to be tried again later. */
  get unfinished(): number {
    return this.waiting.length - this.taken + this.underWay;
  }

  /** Posts once, now, and returns the result. */
  async postOnce(url: string, { headers, body }: Post): Promise<PostResult> {
    try {
      const answer = await request(url, { method: 'POST', headers, body, dispatcher: this.agent });
      await answer.body.dump();
      return answer.statusCode;
    } catch (error) {
      return neverConnected(error) ? 'not-connected' : 'no-answer';
    }
  }

  /** Posts once, now, and returns the body of a success; undefined for anything else. */
  async ask(url: string, { headers, body }: Post): Promise<string | undefined> {
    try {
      const answer = await request(url, { method: 'POST', headers, body, dispatcher: this.agent });
      const text = await answer.body.text();
      return answer.statusCode < 300 ? text : undefined;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return undefined;
    }
  }

  /** Drops waiting posts and aborts running ones. */
  async close(): Promise<void> {
    this.closed = true;
    this.waiting = [];
    this.taken = 0;
    await this.agent.destroy();
  }

  private work(): void {
    while (!this.closed && this.underWay < CONNECTIONS) {
      const callback = this.next();
      if (!callback) return;
      this.underWay += 1;
      void this.attempt(callback).finally(() => {
        this.underWay -= 1;
        this.work();
      });
    }
  }

  /** Takes the first waiting one; the array is cut only now and then, since cutting moves all the rest. */
  private next(): Callback | undefined {
    const callback = this.waiting[this.taken];
    if (callback) this.taken += 1;
    if (this.taken >= 1_024 && this.taken * 2 >= this.waiting.length) {
      this.waiting = this.waiting.slice(this.taken);
      this.taken = 0;
    }
    return callback;
  }

  private async attempt(callback: Callback): Promise<void> {
    const result = await this.postOnce(callback.url, await callback.prepare());
    const [wait, ...retryDelaysMs] = callback.retryDelaysMs;
    if (wait === undefined || this.closed || !callback.retryOn(result)) return;
    this.agenda.in(wait, () => this.post({ ...callback, retryDelaysMs }));
  }
}

const CONNECT_ERRORS = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

const neverConnected = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && CONNECT_ERRORS.has(error.code);
