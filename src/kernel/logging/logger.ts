/**
 * Nest's logger over pino: one JSON object per line, with the ids of the request that caused it, its caller's and that of the trace.
 * Messages name ids, codes and counts, never an address or a body.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Level, type Logger } from 'pino';
import { currentTraceId } from '../observability/tracing.js';

/** Nest's own messages while it wires modules and routes: only for debugging. */
const FRAMEWORK = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** What takes the lines, each whole. */
export type LogDestination = DestinationStream;

export interface RequestLine {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  readonly requestId: string;
  /** `admin` or `key:<id>`; absent without a valid key. */
  readonly actor?: string;
  /** The tenant that the caller is, or acts for. */
  readonly tenantId?: string;
  /** Of the problem that it was answered with. */
  readonly code?: string;
}

/** What the lines of one request have in common. */
export interface RequestIds {
  readonly requestId: string;
  /** The caller's own, if it may be told. */
  readonly correlationId: string | undefined;
}

/** A message with fields to search for: ids, codes and counts. */
export interface FieldsLine {
  readonly msg: string;
  readonly [field: string]: string | number | null | undefined | object;
}

export class JsonLogger implements LoggerService {
  private readonly pino: Logger;
  private readonly requests = new AsyncLocalStorage<RequestIds>();

  /** Without a destination the lines go to the standard output. */
  constructor(level: string, to: LogDestination = pino.destination()) {
    this.pino = pino(
      {
        level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        mixin: () => ({ ...this.requests.getStore(), traceId: currentTraceId() }),
      },
      to,
    );
  }

  /** Runs `work`, and adds the request's ids to every log line it causes, now or later. */
  inRequest(ids: RequestIds, work: () => void): void {
    this.requests.run(ids, work);
  }

  /** One line per finished HTTP request: the route's pattern, never its URL, which may hold an address. */
  request(level: 'info' | 'debug', line: RequestLine): void {
    this.pino[level](line, 'request');
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(FRAMEWORK.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest passes the context last, and for errors a stack before it. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const fields = typeof context === 'string' ? { context } : {};
    if (message instanceof Error)
      this.pino[level]({ ...fields, error: message.name, stack: message.stack }, message.message);
    else if (isFieldsLine(message)) this.pino[level]({ ...fields, ...message });
    else this.pino[level](fields, String(message));
  }
}

const isFieldsLine = (message: unknown): message is FieldsLine =>
  typeof message === 'object' && message !== null && 'msg' in message;
