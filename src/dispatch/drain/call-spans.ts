/** Provider calls in the traces of their messages. */
import {
  currentPlace,
  traceIdOf,
  type OpenSpan,
  type SpanAttributes,
  type TraceParent,
  type Tracing,
} from '../../kernel/index.js';
import type { ClaimedMessage } from '../../ledger/index.js';
import { errorLabel, type Outcome } from '../../providers/index.js';
import type { ProviderName } from '../../tenants/index.js';

/** Messages of one call that are in the same trace, with their places in the call. */
interface Alike {
  readonly span: OpenSpan;
  readonly places: readonly number[];
}

/** Runs a call in a span of each trace that any of its messages is in: most often none, or one. */
export async function inSpans(
  tracing: Tracing,
  provider: ProviderName,
  messages: readonly ClaimedMessage[],
  call: () => Promise<Outcome[]>,
): Promise<Outcome[]> {
  const traced = messages.flatMap(({ trace }, place) => (trace === null ? [] : [{ trace, place }]));
  if (traced.length === 0) return call();
  const batch = currentPlace();
  const open = [...Map.groupBy(traced, ({ trace }) => traceIdOf(trace))].flatMap(([traceId, ofOne]): Alike[] => {
    const [first] = ofOne;
    if (!first) return [];
    const places = ofOne.map(({ place }) => place);
    const around = aroundOf(batch, traceId, first.trace);
    const attributes = describe(
      provider,
      places.flatMap((place) => messages[place] ?? []),
    );
    return [{ span: tracing.begin({ name: 'provider.call', kind: 'client', ...around, attributes }), places }];
  });
  try {
    const outcomes = await call();
    for (const { span, places } of open)
      end(
        span,
        places.flatMap((place) => outcomes[place] ?? []),
      );
    return outcomes;
  } catch (error) {
    for (const { span } of open) span.end('not_called');
    throw error;
  }
}

/** Part of its batch, if that is in the same trace; else of the message's acceptance, and linked to the batch. */
function aroundOf(
  batch: TraceParent | undefined,
  traceId: string,
  message: TraceParent,
): { readonly parent?: TraceParent; readonly links?: readonly TraceParent[] } {
  if (batch === undefined) return { parent: message };
  return traceIdOf(batch) === traceId ? {} : { parent: message, links: [batch] };
}

/** What they have in common. */
function describe(provider: ProviderName, messages: readonly ClaimedMessage[]): SpanAttributes {
  return {
    'callboard.provider': provider,
    'callboard.channel': common(messages.map(({ channel }) => channel)),
    'callboard.tenant_id': common(messages.map(({ tenant_id: tenantId }) => tenantId)),
    'callboard.message_id': common(messages.map(({ id }) => id)),
    'callboard.correlation_id': common(messages.map(({ correlation_id: id }) => id ?? undefined)),
    'callboard.attempt': common(messages.map(({ attempts }) => attempts)),
    'messaging.batch.message_count': messages.length,
  };
}

function end(span: OpenSpan, outcomes: readonly Outcome[]): void {
  const kind = common(outcomes.map((outcome) => outcome.kind)) ?? 'several';
  const code = common(outcomes.map((outcome) => ('code' in outcome ? outcome.code : undefined)));
  span.set({ 'callboard.outcome': kind, ...(code !== undefined && { 'callboard.code': errorLabel(code) }) });
  const isFailure = outcomes.some((outcome) => outcome.kind !== 'accepted');
  span.end(isFailure ? kind : undefined);
}

/** Undefined where they differ. */
function common<Value>(values: readonly Value[]): Value | undefined {
  const [first] = values;
  return values.every((value) => value === first) ? first : undefined;
}
