/** The deployment for test keys, as a live one reaches it: requests are passed on, and its operator's routes called. */
import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Pool, type Dispatcher } from 'undici';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { Overloaded } from '../http/edge.errors.js';
import { SparingLogger } from '../logging/sparing-logger.js';
import { HealthChecks } from '../observability/health.js';
import { Metrics, type EventCount } from '../observability/metrics.js';
import { MODE_HEADER } from './mode.js';
import { TestModeOff, TestModeUnavailable } from './test-mode.errors.js';

/** Connections to it, each with one request at a time: tests must not take what live requests need. */
const AT_ONCE = 64;
const CONNECT_MS = 3_000;
const ANSWER_MS = 30_000;
/** Of a whole call of our own. */
const CALL_MS = 10_000;

/** Of one connection alone (RFC 9110, 7.6.1), or set anew for the next. */
const NOT_PASSED_ON = new Set([
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
  MODE_HEADER.toLowerCase(),
]);

@Injectable()
export class TestDeployment implements OnApplicationShutdown {
  private readonly logger = new SparingLogger(new Logger(TestDeployment.name));
  private readonly requests: EventCount<'outcome'>;
  private readonly pool: Pool | undefined;
  private underWay = 0;

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    metrics: Metrics,
    health: HealthChecks,
  ) {
    this.requests = metrics.counter({
      name: 'callboard.test_mode_requests_total',
      help: 'Requests that were passed on to the test deployment, by what became of them',
      labels: { outcome: ['answered', 'unanswered', 'shed'] },
    });
    if (!config.testDeployment) return;
    this.pool = new Pool(config.testDeployment.url, {
      connections: AT_ONCE,
      connect: { timeout: CONNECT_MS },
      headersTimeout: ANSWER_MS,
    });
    health.add('test-mode', false, () => this.ping());
  }

  /**
   * A call of its operator's. Answers the JSON of a success, if there is any. Raises TestModeOff, and TestModeUnavailable for anything else: what a caller can do wrong
   * is checked before.
   */
  async call(method: 'POST' | 'PUT', path: string, body: object): Promise<unknown> {
    const { testDeployment } = this.config;
    if (!testDeployment) throw new TestModeOff();
    const answer = await this.ask({
      method,
      path,
      headers: { authorization: `Bearer ${testDeployment.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_MS),
    });
    const text = await answer.body.text();
    if (answer.statusCode < 300) return text === '' ? undefined : JSON.parse(text);
    this.logger.warn(`The test deployment answered ${method} ${path.split('/')[2] ?? ''} with ${answer.statusCode}`);
    throw new TestModeUnavailable();
  }

  /**
   * Answers a request with what the test deployment says to it: both bodies are streamed. `asOperator`: with the admin key of that deployment, in place of
   * the key it came with. Raises TestModeOff, Overloaded and TestModeUnavailable.
   */
  async passOn(request: FastifyRequest, reply: FastifyReply, asOperator: boolean): Promise<void> {
    const { testDeployment } = this.config;
    if (!testDeployment) throw new TestModeOff();
    if (this.underWay >= AT_ONCE) {
      this.requests.add({ outcome: 'shed' });
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
        ...passedOn(request.headers),
        'x-forwarded-for': request.ip,
        'x-request-id': request.id,
        ...(asOperator && { authorization: `Bearer ${testDeployment.adminKey}` }),
      },
      body: hasBody(request) ? request.raw : null,
      signal: gone.signal,
    });
    void reply.status(answer.statusCode).headers(passedOn(answer.headers)).send(answer.body);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool?.destroy();
  }

  /** Raises TestModeOff and TestModeUnavailable. */
  private async ask(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    if (!this.pool) throw new TestModeOff();
    try {
      const answer = await this.pool.request(request);
      this.requests.add({ outcome: 'answered' });
      return answer;
    } catch (error) {
      this.requests.add({ outcome: 'unanswered' });
      // The error's own text may hold what the caller sent.
      this.logger.warn(`The test deployment did not answer: ${codeOf(error)}`);
      throw new TestModeUnavailable();
    }
  }

  private async ping(): Promise<void> {
    const answer = await this.ask({ method: 'GET', path: '/health/live', signal: AbortSignal.timeout(CONNECT_MS) });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`);
  }
}

const passedOn = (headers: IncomingHttpHeaders): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || NOT_PASSED_ON.has(name) ? [] : [[name, value]],
    ),
  );

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no code';
