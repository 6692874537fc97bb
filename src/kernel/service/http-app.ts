/**
 * Creates the Nest application on Fastify: body limits, request ids, access log, OpenAPI. The same for the service and its
 * tests.
 */
import { isUtf8 } from 'node:buffer';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { MalformedJson, RouteNotFound } from '../http/edge.errors.js';
import { Admission } from '../http/admission.js';
import { limitAddresses, RateLimits } from '../http/rate-limits.js';
import { guardEdge, refuseConnection } from '../http/http-edge.js';
import { isJson } from '../json.js';
import { nextTurn } from '../turns.js';
import { JsonLogger } from '../logging/logger.js';
import { Metrics } from '../observability/metrics.js';
import { inOwnScope } from '../postgres/tenant-scope.js';
import { serveOpenApi } from '../openapi/openapi.js';
import { Tracing } from '../observability/tracing.js';
import { Authenticator, callerOf } from '../http/auth.js';
import { tellableCorrelation } from '../http/correlation-id.js';
import { problemCodeOf, sendProblem } from '../http/problem.filter.js';
import type { ReadyConfig } from '../config/ready-config.js';
import { traceRequests } from '../http/request-spans.js';
import { hurryClients, serverOptions } from '../http/slow-clients.js';
import { isQuiet } from '../http/quiet-routes.js';
import { LARGE_BODY, boundBodies } from '../http/body-budget.js';
import { OtherRegions } from '../regions/other-regions.js';
import { routeRegions } from '../regions/route-regions.js';
import { TenantDirectory } from '../regions/tenant-directory.js';
import { handOverTests } from '../test-mode/hand-over.js';
import { TestDeployment } from '../test-mode/test-deployment.js';
import { streamBodies } from '../http/streamed-body.js';

/** Bytes of a request body; the largest provider webhook is 768 KB. */
const BODY_LIMIT = 1_000_000;
/** At a stop, requests in flight may take this long; then their connections, and idle ones, are closed. */
const LAST_ANSWERS_MS = 3_000;
const REQUEST_ID = /^[\w.:-]{8,128}$/;
const PROTOTYPE = 'The request body holds a field `__proto__`, or `prototype` in a `constructor`: name it otherwise';
const WORKER_ROUTES = /^\/(health|metrics)(\/|\?|$)/;

/** Builds the application, not yet listening. */
export async function createHttpApp(root: DynamicModule, config: ReadyConfig): Promise<NestFastifyApplication> {
  const logger = new JsonLogger(config.logLevel, config.logTo);
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    genReqId: (request: { headers: Record<string, unknown> }) => requestId(request.headers['x-request-id']),
    routerOptions: { maxParamLength: 400 },
    ...serverOptions(config.limits),
    ...(config.trustedProxies.length > 0 && { trustProxy: [...config.trustedProxies] }),
    frameworkErrors: sendProblem,
    clientErrorHandler: refuseConnection,
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    rawBody: true,
    logger,
    abortOnError: false,
  });
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  parseBodies(app, fastify);
  closeConnections(fastify);
  if (config.role === 'worker') hideApi(fastify);
  traceRequests(fastify, app.get(Tracing), isQuiet);
  observe(fastify, logger, app.get(Metrics));
  guardEdge(fastify);
  limitAddresses(fastify, () => app.get(RateLimits));
  routeRegions(fastify, config, () => ({
    others: app.get(OtherRegions),
    authenticator: app.get(Authenticator),
    directory: app.get(TenantDirectory),
  }));
  handOverTests(fastify, config, () => ({ tests: app.get(TestDeployment), authenticator: app.get(Authenticator) }));
  boundBodies(fastify, BODY_LIMIT, () => app.get(Admission).refused('batch'));
  hurryClients(fastify, config.limits);
  streamBodies(fastify);
  scopeRequests(fastify);
  serveOpenApi(app);
  return app;
}

/** Some callers post JSON as text. An empty body is none, whatever its type: clients name JSON on every POST. */
function parseBodies(app: NestFastifyApplication, fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  app.useBodyParser('text/plain', { bodyLimit: BODY_LIMIT });
  app.useBodyParser('multipart/form-data', { bodyLimit: BODY_LIMIT }); // as a whole: one-click unsubscribing may come so
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    if (!isUtf8(body)) return done(new MalformedJson('The request body is no UTF-8: encode it so'), undefined);
    const text = body.toString('utf8');
    const parse = (): void =>
      void parseJson(request as FastifyRequest, text, (error, parsed) =>
        done(error && (isJson(text) ? new MalformedJson(PROTOTYPE) : MalformedJson.of(text)), parsed),
      );
    return body.length > LARGE_BODY ? void nextTurn().then(parse) : parse();
  });
}

/** Fastify ends connections that idle after a response; one that never sent a request would delay the stop. */
function closeConnections(fastify: FastifyInstance): void {
  fastify.addHook('preClose', (done) => {
    setTimeout(() => fastify.server.closeAllConnections(), LAST_ANSWERS_MS).unref();
    done();
  });
}

function requestId(given: unknown): string {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : uuidv7();
}

/** A worker serves health and metrics, and nothing else. */
function hideApi(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(WORKER_ROUTES.test(request.url) ? undefined : new RouteNotFound());
  });
}

/** Last before a request's guards: what reads its body has run apart from the hooks before that. */
function scopeRequests(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (_request, _reply, done) => inOwnScope(done));
}

function observe(fastify: FastifyInstance, logger: JsonLogger, metrics: Metrics): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    logger.inRequest({ requestId: request.id, correlationId: tellableCorrelation(request) }, done);
  });
  fastify.addHook('onResponse', (request: FastifyRequest, reply, done) => {
    const { url: route = 'unknown', config } = request.routeOptions;
    const [method, status, ms] = [request.method, reply.statusCode, Math.round(reply.elapsedTime * 10) / 10];
    metrics.httpDuration.observe({ method, route, status }, ms / 1000);
    if (!isQuiet(request)) {
      const code = problemCodeOf(request);
      const line = { method, route, status, ms, ...callerOf(request), ...(code && { code }), requestId: request.id };
      logger.request(config.routine && status < 400 ? 'debug' : 'info', line);
    }
    done();
  });
}
