/** Accepts messages: what is committed here reaches a final status or stays visible as `unknown`, whatever fails later. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError, Tracing } from '../../kernel/index.js';
import { LaneQueue } from '../lanes/lane.queue.js';
import { Ledger, type MessageDraft } from '../../ledger/index.js';
import { Drafts } from './drafts.js';
import { acceptedMessage } from './message.view.js';
import type { AcceptedMessage } from './messages.dto.js';

/** One result per input, in order: accepted, or why not. */
export type Acceptance = AcceptedMessage | DomainError;

export class AcceptMessages extends Command<Acceptance[]> {
  /**
   * `inputs` are unchecked JSON: each is validated separately. `isTest`: they go to the tenant's own people. `correlationId` is of those
   * that name none themselves.
   */
  constructor(
    readonly tenantId: string,
    readonly inputs: readonly unknown[],
    readonly more: { readonly isTest?: boolean; readonly correlationId?: string | undefined } = {},
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
    return this.tracing.run({ name: 'messages.accept', attributes }, () => this.accept(command));
  }

  private async accept({ tenantId, inputs, more }: AcceptMessages): Promise<Acceptance[]> {
    const { isTest = false, correlationId } = more;
    const drafts = await this.drafts.of(tenantId, inputs, isTest);
    const results = correlationId === undefined ? drafts : drafts.map((draft) => correlated(draft, correlationId));
    const accepted = results.filter((result): result is MessageDraft => !(result instanceof DomainError));
    await this.ledger.insert(accepted);
    const now = Date.now();
    await this.lanes.wakeAfterCommit(
      accepted.filter(({ ready_at }) => ready_at.getTime() <= now).map(({ lane_id }) => lane_id),
    );
    return results.map((result) => (result instanceof DomainError ? result : acceptedMessage(result)));
  }
}

const correlated = (draft: MessageDraft | DomainError, id: string): MessageDraft | DomainError =>
  draft instanceof DomainError ? draft : { ...draft, correlation_id: draft.correlation_id ?? id };
