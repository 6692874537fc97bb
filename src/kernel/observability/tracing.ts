/**
 * Traces: what the rest of the code may say of its work. Where none are exported, which is usual, a span is nothing: the work runs as
 * if nobody had asked. No other file knows a tracer, so that no span says more than `SPAN_ATTRIBUTES` allows.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { DomainError } from '../errors.js';
import { waitFor } from '../logging/waits.js';
import { listed, type SpanAttributes } from './span-attributes.js';

/** A place in a trace, as W3C has it: https://www.w3.org/TR/trace-context/#traceparent-header */
export type TraceParent = string;

export interface SpanDetails {
  /** One of a few: a route, or a word for the work. */
  readonly name: string;
  readonly kind?: 'server' | 'client' | 'consumer';
  /** What it is part of; absent: the span that is open here, or a trace of its own. */
  readonly parent?: TraceParent | undefined;
  /** A trace of its own, whatever is open here. */
  readonly isRoot?: boolean;
  /** What it is about, beside its parent. */
  readonly links?: readonly TraceParent[];
  readonly attributes?: SpanAttributes;
  /** It is about what is recorded, and so is recorded too, whatever the sampler would say. */
  readonly isRecorded?: boolean;
  /** When its work began, if that was before now. */
  readonly since?: Date;
}

/** A span that is open. */
export interface OpenSpan {
  /** Undefined where it is not recorded: what it leads to need not know of it. */
  readonly place: TraceParent | undefined;
  /** Runs `work` inside of it. */
  within<T>(work: () => T): T;
  set(attributes: SpanAttributes): void;
  /** Call it once. `failure`: a word for what the work failed by. */
  end(failure?: string): void;
}

/** What exports spans, and may be loaded or not. */
export interface SpanExport {
  readonly tracer: Tracer;
  /** Of traces that begin here: from 0 to 1. */
  readonly share: number;
  /** The context in which a span is recorded whatever the sampler says. */
  readonly recording: Context;
  /** Sends what waits, and takes no more. It may never answer. */
  close(): Promise<void>;
}

interface Current {
  readonly span: Span;
  /** Statements that ran in it, and their milliseconds. */
  statements: number;
  ms: number;
}

/** At a stop, what waits is sent for this long. */
const LAST_SPANS_MS = 3_000;
const TRACEPARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/;
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER } as const;

/** More would be dropped by whoever receives them. */
const MOST_LINKS = 128;

const spans = new AsyncLocalStorage<Current>();

/** Where the caller is in a trace that is recorded, to be kept with what follows from it. */
export function currentPlace(): TraceParent | undefined {
  const current = spans.getStore();
  return current && placeOf(current.span);
}

/** For log lines: the id of the trace that is recorded here. */
export function currentTraceId(): string | undefined {
  const current = spans.getStore();
  const place = current && placeOf(current.span);
  return place && traceIdOf(place);
}

/** Runs a statement, whose time is told with the open span. */
export function timed<T>(statement: () => Promise<T>): Promise<T> {
  const current = spans.getStore();
  return current?.span.isRecording() ? timedIn(current, statement) : statement();
}

async function timedIn<T>(current: Current, statement: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  try {
    return await statement();
  } finally {
    current.statements += 1;
    current.ms += performance.now() - begun;
  }
}

/** The trace that a place is in. */
export const traceIdOf = (place: TraceParent): string => place.slice(3, 35);

const NOTHING: OpenSpan = { place: undefined, within: (work) => work(), set: () => undefined, end: () => undefined };

@Injectable()
export class Tracing implements OnApplicationShutdown {
  constructor(private readonly exported?: SpanExport) {}

  get isOn(): boolean {
    return this.exported !== undefined;
  }

  /** Of traces that begin here, from 0 to 1, how many are recorded. */
  get share(): number {
    return this.exported?.share ?? 0;
  }

  /** Runs `work` in a span, which it may say more of. */
  async run<T>(details: SpanDetails, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    const span = this.begin(details);
    try {
      const result = await span.within(() => work(span));
      span.end();
      return result;
    } catch (error) {
      span.end(failureIn(error));
      throw error;
    }
  }

  /**
   * Runs `work` about things that may be in recorded traces. Without any there is no span. Things of one trace have a span in it; those
   * of several have one that is a trace of its own, and links to them.
   */
  about<T>(
    places: readonly (TraceParent | null)[],
    details: Omit<SpanDetails, 'parent' | 'links' | 'isRecorded'>,
    work: () => Promise<T>,
  ): Promise<T> {
    const [first, ...others] = this.isOn ? new Set(places.filter((place) => place !== null)) : [];
    if (first === undefined) return work();
    const isOneTrace = others.every((place) => traceIdOf(place) === traceIdOf(first));
    const around = isOneTrace ? { parent: first, links: others } : { isRoot: true, links: [first, ...others] };
    const links = around.links.slice(0, MOST_LINKS);
    return this.run({ ...details, ...around, links, isRecorded: true }, work);
  }

  /** Whoever begins one ends it. */
  begin({ name, kind, parent, isRoot, links = [], attributes = {}, isRecorded, since }: SpanDetails): OpenSpan {
    if (!this.exported) return NOTHING;
    const { tracer, recording } = this.exported;
    const open = isRoot ? undefined : spans.getStore()?.span.spanContext();
    const around = parent === undefined ? open : contextOf(parent);
    const base = isRecorded ? recording : ROOT_CONTEXT;
    const span = tracer.startSpan(
      name,
      {
        ...(kind && { kind: KINDS[kind] }),
        ...(since && { startTime: since }),
        links: links.flatMap((link) => linkTo(link)),
        attributes: listed(attributes),
      },
      around ? trace.setSpanContext(base, around) : base,
    );
    return opened({ span, statements: 0, ms: 0 });
  }

  /** A span of work that is over. */
  record(details: SpanDetails): void {
    this.begin(details).end();
  }

  /** What waits is sent, or given up: a receiver that is away does not hold up a stop. */
  async onApplicationShutdown(): Promise<void> {
    const { exported } = this;
    if (!exported) return;
    await waitFor('traces', () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, LAST_SPANS_MS);
      void exported.close().then(resolve, () => resolve());
      return promise.finally(() => clearTimeout(timer));
    });
  }
}

function opened(current: Current): OpenSpan {
  const { span } = current;
  return {
    place: placeOf(span),
    within: (work) => spans.run(current, work),
    set: (attributes) => void span.setAttributes(listed(attributes)),
    end: (failure) => {
      const { statements, ms } = current;
      if (statements > 0) {
        span.setAttributes(
          listed({ 'callboard.db.statements': statements, 'callboard.db.duration_ms': Math.round(ms * 1_000) / 1_000 }),
        );
      }
      if (failure !== undefined) {
        span.setAttributes(listed({ 'error.type': failure }));
        span.setStatus({ code: SpanStatusCode.ERROR }); // without the message, which may hold an address
      }
      span.end();
    },
  };
}

/** The class of an error; undefined for a refusal, which is an answer like another. */
function failureIn(error: unknown): string | undefined {
  if (error instanceof DomainError) return undefined;
  return error instanceof Error ? error.name : 'unknown';
}

/** Also of one that has ended: what goes on after it is part of it nonetheless. */
function placeOf(span: Span): TraceParent | undefined {
  const { traceId, spanId, traceFlags } = span.spanContext();
  if ((traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return `00-${traceId}-${spanId}-01`;
}

/** Undefined for what is no place. */
function contextOf(place: TraceParent): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = '0'] = TRACEPARENT.exec(place) ?? [];
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
}

function linkTo(place: TraceParent): { readonly context: SpanContext }[] {
  const context = contextOf(place);
  return context ? [{ context }] : [];
}
