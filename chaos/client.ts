/** Calls to a service that is away now and then. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ADMIN_KEY } from './stage.js';

/** The longest that it is away: a crash of the database, or a process that is frozen. */
const PATIENCE_MS = 120_000;

export class Client {
  /** Whom it acts for; none before there is one. */
  tenantId = '';

  constructor(private readonly url: string) {}

  /** Calls the API as the platform for the tenant, again and again until it answers well. Raises an Error for a 4xx. */
  async ask<Body>(method: string, path: string, body?: object | string): Promise<Body> {
    const headers = {
      ...{ authorization: `Bearer ${ADMIN_KEY}`, 'idempotency-key': randomUUID() },
      ...(this.tenantId && { 'x-tenant-id': this.tenantId }),
      ...(body && { 'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json' }),
    };
    let answer: Answer | undefined;
    await this.insist(path, async () => {
      answer = await attempt(`${this.url}${path}`, method, headers, body);
      if (answer && answer.status >= 400 && answer.status < 500)
        throw new Error(`${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer !== undefined && answer.status < 300;
    });
    return answer?.body as Body;
  }

  /** Asks again and again until `done` says that it was answered well. Raises an Error that begins with `what` when it never is. */
  async insist(what: string, done: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await done())) {
      if (Date.now() > deadline) throw new Error(`${what} was not answered within ${PATIENCE_MS / 1_000} s`);
      await delay(100);
    }
  }

  /** One try without a key. Undefined where there was no answer. */
  tryOnce(path: string, body: object): Promise<Answer | undefined> {
    return attempt(`${this.url}${path}`, 'POST', { 'content-type': 'application/json' }, body);
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Undefined where there was none. */
async function attempt(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: object | string,
): Promise<Answer | undefined> {
  try {
    const signal = AbortSignal.timeout(20_000);
    const answer = await fetch(url, {
      method,
      headers,
      signal,
      ...(body && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException) return undefined;
    throw error;
  }
}
