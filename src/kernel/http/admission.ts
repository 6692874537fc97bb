/**
 * Before collapse: what comes beyond what can be answered within about a second is told to come later, before anything is done for it. A batch weighs as
 * much as a thousand messages, so requests with large bodies have a line of their own, and cannot keep the others waiting.
 */
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { finalize, from, switchMap, type Observable } from 'rxjs';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { Metrics, type EventCount } from '../observability/metrics.js';
import { callerOf } from './auth.js';
import { LARGE_BODY, promisedBytes } from './body-budget.js';
import { Overloaded } from './edge.errors.js';
import { subscriberOf } from './networks.js';
import { isQuiet } from './quiet-routes.js';
import { WaitingLine } from './waiting-line.js';

/** `urgent`: emergencies; `report`: what providers tell; `batch`: large bodies; `upload`: streamed ones; `request`: all others. */
export const REQUEST_KINDS = ['urgent', 'report', 'batch', 'upload', 'request'] as const;
type RequestKind = (typeof REQUEST_KINDS)[number];

const SECOND_MS = 1_000;
/** Providers wait fifteen seconds for their answer, and what they are not let tell is late at best. */
const PROVIDERS_WAIT_MS = 5_000;
/** An emergency would rather wait than be sent away. */
const EMERGENCIES_WAIT_MS = 10_000;

interface RouteTraits {
  readonly streamedBody?: object;
  readonly isUrgent?: (body: unknown) => boolean;
}

/** The route's requests with such a body go before all others, and are shed last. The body is not validated yet. */
export const Urgent = (isUrgent: (body: unknown) => boolean): MethodDecorator => RouteConfig({ isUrgent });

/** The lines before the work of this process. */
@Injectable()
export class Admission {
  private readonly lines: Readonly<Record<RequestKind, WaitingLine>>;
  private readonly shed: EventCount<'kind'>;

  constructor(@Inject(CONFIG) { limits }: ReadyConfig, metrics: Metrics) {
    const { requests, batches } = limits;
    this.lines = {
      urgent: new WaitingLine({ inWork: 64, inLine: 1_000, patienceMs: EMERGENCIES_WAIT_MS }),
      report: new WaitingLine({ inWork: 64, inLine: 1_000, patienceMs: PROVIDERS_WAIT_MS }),
      batch: new WaitingLine({ inWork: batches, inLine: 25 * batches, patienceMs: SECOND_MS }),
      upload: new WaitingLine({ inWork: 16, inLine: 64, patienceMs: SECOND_MS }),
      request: new WaitingLine({ inWork: requests, inLine: 4 * requests, patienceMs: SECOND_MS }),
    };
    const labels = { kind: REQUEST_KINDS };
    this.shed = metrics.counter({
      name: 'callboard.requests_shed_total',
      help: 'Requests that were told to come later, since too many came at once',
      labels,
    });
    metrics.gauge(
      {
        name: 'callboard.requests_waiting',
        help: 'Requests of this process that stand in line for their turn',
        labels,
      },
      () => Promise.resolve(REQUEST_KINDS.map((kind) => ({ labels: { kind }, value: this.lines[kind].inLine }))),
    );
  }

  /** Whether one may begin at once; then it is in work until `leave`. */
  tryEnter(kind: RequestKind): boolean {
    return this.lines[kind].tryEnter();
  }

  /** Resolves when it is the owner's turn, which `leave` ends. Raises Overloaded. */
  async enter(kind: RequestKind, owner: string): Promise<void> {
    try {
      await this.lines[kind].enter(owner);
    } catch (error) {
      if (error instanceof Overloaded) this.refused(kind);
      throw error;
    }
  }

  leave(kind: RequestKind): void {
    this.lines[kind].leave();
  }

  /** Counts one that was told to come later. */
  refused(kind: RequestKind): void {
    this.shed.add({ kind });
  }
}

@Injectable()
export class AdmissionInterceptor implements NestInterceptor {
  constructor(private readonly admission: Admission) {}

  /** Raises Overloaded. */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const kind = kindOf(request);
    if (kind === undefined) return next.handle();
    const handle = (): Observable<unknown> => next.handle().pipe(finalize(() => this.admission.leave(kind)));
    if (this.admission.tryEnter(kind)) return handle();
    const owner = callerOf(request).tenantId ?? subscriberOf(request.ip);
    return from(this.admission.enter(kind, owner)).pipe(switchMap(handle));
  }
}

/** Undefined for health, metrics and the sandbox, which are always answered. */
function kindOf(request: FastifyRequest): RequestKind | undefined {
  if (isQuiet(request)) return undefined;
  const { url = '', config } = request.routeOptions as { readonly url?: string; readonly config: RouteTraits };
  if (config.isUrgent?.(request.body) === true) return 'urgent';
  if (url.startsWith('/webhook/')) return 'report';
  if (config.streamedBody) return 'upload';
  return promisedBytes(request.headers, Infinity) > LARGE_BODY ? 'batch' : 'request';
}
