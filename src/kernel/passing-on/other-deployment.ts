/** Another deployment of the service, as this one reaches it: requests are passed on, and its operator's routes called. */
import type { IncomingHttpHeaders } from 'node:http';
import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Pool, type Dispatcher } from 'undici';
import type { DomainError } from '../errors.js';
import { Overloaded } from '../http/edge.errors.js';
import { jsonIn } from '../json.js';
import { SparingLogger } from '../logging/sparing-logger.js';

/** What became of a request to it. */
export const PASSED_ON_OUTCOMES = ['answered', 'unanswered', 'shed'] as const;
export type PassedOnOutcome = (typeof PASSED_ON_OUTCOMES)[number];

/** What of the API leads to other deployments: everything else is of each alone. */
export const PASSED_ON = /^\/(?:api|sandbox)\//;

const CONNECT_MS = 3_000;
const ANSWER_MS = 30_000;
/** Of a whole call of our own. */
const CALL_MS = 10_000;

/** Of one connection alone (RFC 9110, 7.6.1), or set anew for the next. */
const OF_ONE_CONNECTION = [
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
];

export interface OtherDeploymentParts {
  /** For logs: `The test deployment`. */
  readonly name: string;
  /** An origin, without a trailing slash. */
  readonly url: string;
  /** Connections to it, each with one request at a time: it must not take what this deployment's own requests need. */
  readonly atOnce: number;
  /** A header that is meant for this deployment alone. */
  readonly ownHeader: string;
  readonly count: (outcome: PassedOnOutcome) => void;
  /** What a caller is told while it does not answer. */
  readonly unavailable: () => DomainError;
}

/** How a request is passed on. */
export interface PassingOn {
  /** The admin key of that deployment, in place of the key that the request came with. */
  readonly asOperator?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, where it has been read already. */
  readonly body?: Buffer | undefined;
  /** Is given the answer, which is then read as a whole before it is sent. */
  readonly readAnswer?: ((status: number, text: string) => Promise<void>) | undefined;
}

export interface OwnCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly adminKey: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export class OtherDeployment {
  private readonly logger = new SparingLogger(new Logger(OtherDeployment.name));
  private readonly pool: Pool;
  private readonly notPassedOn: ReadonlySet<string>;
  private underWay = 0;

  constructor(private readonly parts: OtherDeploymentParts) {
    this.notPassedOn = new Set([...OF_ONE_CONNECTION, parts.ownHeader.toLowerCase()]);
    this.pool = new Pool(parts.url, {
      connections: parts.atOnce,
      connect: { timeout: CONNECT_MS },
      headersTimeout: ANSWER_MS,
    });
  }

  /** A call of its operator's. Answers the status, and the JSON of a success, if it is any. Raises what `unavailable` makes. */
  async call({ method, path, adminKey, headers, body }: OwnCall): Promise<{ status: number; answer: unknown }> {
    const response = await this.ask({
      method,
      path,
      headers: {
        ...headers,
        authorization: `Bearer ${adminKey}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(CALL_MS),
    });
    const { statusCode: status } = response;
    const text = await this.answered(() => response.body.text());
    return { status, answer: status < 300 ? jsonIn(text) : undefined };
  }

  /** It answered a call of ours as it should not have. Answers what a caller is told. */
  unexpected({ method, path }: { readonly method: string; readonly path: string }, status: number): DomainError {
    const [, route = ''] = /^\/\w+\/([\w-]+)/.exec(path) ?? [];
    this.logger.warn(`${this.parts.name} answered ${method} ${route} with ${status}`);
    return this.parts.unavailable();
  }

  /**
   * Answers a request with what that deployment says to it: both bodies are streamed. The caller's address goes with it, and the request's id. Raises Overloaded, and
   * what `unavailable` makes.
   */
  async passOn(
    request: FastifyRequest,
    reply: FastifyReply,
    { asOperator, headers, body, readAnswer }: PassingOn = {},
  ): Promise<void> {
    if (this.underWay >= this.parts.atOnce) {
      this.parts.count('shed');
      throw new Overloaded();
    }
    this.underWay += 1;
    const gone = new AbortController();
    reply.raw.once('close', () => {
      this.underWay -= 1;
      gone.abort();
    });
    const answer = await this.ask({
      method: request.method,
      path: request.url,
      headers: {
        ...this.passedOn(request.headers),
        'x-forwarded-for': request.ip,
        'x-request-id': request.id,
        ...headers,
        ...(asOperator !== undefined && { authorization: `Bearer ${asOperator}` }),
      },
      body: body ?? (hasBody(request) ? request.raw : null),
      signal: gone.signal,
    });
    // The caller's own key was good: it is ours for that deployment that is wrong.
    if (asOperator !== undefined && answer.statusCode === 401) {
      await this.answered(() => answer.body.dump());
      throw this.unexpected({ method: request.method, path: request.url }, answer.statusCode);
    }
    const text = readAnswer && (await this.answered(() => answer.body.text()));
    if (text !== undefined) await readAnswer?.(answer.statusCode, text);
    void reply
      .status(answer.statusCode)
      .headers(this.passedOn(answer.headers))
      .send(text ?? answer.body);
  }

  /** Rejects with a reason fit for operators, if it does not serve. */
  async ping(): Promise<void> {
    const answer = await this.ask({ method: 'GET', path: '/health/live', signal: AbortSignal.timeout(CONNECT_MS) });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`);
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }

  private async ask(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    const answer = await this.answered(() => this.pool.request(request));
    this.parts.count('answered');
    return answer;
  }

  /** Raises what `unavailable` makes, where the other side is not there or breaks off. */
  private async answered<T>(reading: () => Promise<T>): Promise<T> {
    try {
      return await reading();
    } catch (error) {
      this.parts.count('unanswered');
      // The error's own text may hold what the caller sent.
      this.logger.warn(`${this.parts.name} did not answer: ${codeOf(error)}`);
      throw this.parts.unavailable();
    }
  }

  private passedOn(headers: IncomingHttpHeaders): Record<string, string | string[]> {
    return Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        value === undefined || this.notPassedOn.has(name) ? [] : [[name, value]],
      ),
    );
  }
}

/** For a hook: goes on with what was not passed on (`attempt` answers false), or with what passing on raises. */
export async function settle(attempt: Promise<boolean>, done: (error?: Error) => void): Promise<void> {
  try {
    if (!(await attempt)) done();
  } catch (error) {
    done(error instanceof Error ? error : new Error('The request was not passed on', { cause: error }));
  }
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no code';
