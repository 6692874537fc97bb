/** Accepts messages: what is committed here reaches a final status or stays visible as `unknown`, whatever fails later. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { currentPlace, DomainError, traceIdOf, Tracing, type TraceParent } from '../../kernel/index.js';
import { LaneQueue } from '../lanes/lane.queue.js';
import { Ledger, type MessageDraft } from '../../ledger/index.js';
import { Drafts } from './drafts.js';
import { acceptedMessage } from './message.view.js';
import type { AcceptedMessage } from './messages.dto.js';

/** One result per input, in order: accepted, or why not. */
export type Acceptance = AcceptedMessage | DomainError;

type Places = readonly (TraceParent | null)[];

export class AcceptMessages extends Command<Acceptance[]> {
  /**
   * `inputs` are unchecked JSON: each is validated separately. `isTest`: they go to the tenant's own people. `correlationId` is of those
   * that name none themselves. `traces`: the place in a recorded trace that led to each; absent: the span that is open.
   */
  constructor(
    readonly tenantId: string,
    readonly inputs: readonly unknown[],
    readonly more: {
      readonly isTest?: boolean;
      readonly correlationId?: string | undefined;
      readonly traces?: Places;
    } = {},
  ) {
    super();
  }
}

@CommandHandler(AcceptMessages)
export class AcceptMessagesHandler implements ICommandHandler<AcceptMessages> {
  constructor(
    private readonly drafts: Drafts,
    private readonly ledger: Ledger,
    private readonly lanes: LaneQueue,
    private readonly tracing: Tracing,
  ) {}

  execute(command: AcceptMessages): Promise<Acceptance[]> {
    const { tenantId, inputs, more } = command;
    const attributes = {
      'callboard.tenant_id': tenantId,
      'callboard.correlation_id': more.correlationId,
      'messaging.batch.message_count': inputs.length,
    };
    const details = { name: 'messages.accept', attributes };
    const accept = (): Promise<Acceptance[]> => this.accept(command);
    return more.traces ? this.tracing.about(more.traces, details, accept) : this.tracing.run(details, accept);
  }

  private async accept({ tenantId, inputs, more }: AcceptMessages): Promise<Acceptance[]> {
    const drafts = await this.drafts.of(tenantId, inputs, more.isTest ?? false);
    const results = withOrigin(drafts, more);
    const accepted = results.filter((result): result is MessageDraft => !(result instanceof DomainError));
    await this.ledger.insert(accepted);
    const now = Date.now();
    await this.lanes.wakeAfterCommit(
      accepted.filter(({ ready_at }) => ready_at.getTime() <= now).map(({ lane_id }) => lane_id),
    );
    return results.map((result) => (result instanceof DomainError ? result : acceptedMessage(result)));
  }
}

/** With what led to each, as far as it is known. */
function withOrigin(
  drafts: readonly (MessageDraft | DomainError)[],
  {
    correlationId = null,
    traces = [],
  }: { readonly correlationId?: string | null | undefined; readonly traces?: Places },
): readonly (MessageDraft | DomainError)[] {
  const here = currentPlace() ?? null;
  if (correlationId === null && here === null && traces.length === 0) return drafts;
  return drafts.map((draft, index) => {
    if (draft instanceof DomainError) return draft;
    const trace = traces.length === 0 ? here : placeOf(traces[index] ?? null, here);
    return { ...draft, correlation_id: draft.correlation_id ?? correlationId, trace };
  });
}

/** Of one that something in a trace led to: here, if this is in the same trace. */
const placeOf = (led: TraceParent | null, here: TraceParent | null): TraceParent | null =>
  led !== null && here !== null && traceIdOf(led) === traceIdOf(here) ? here : led;
