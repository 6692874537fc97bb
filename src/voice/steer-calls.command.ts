/** Cancels and acknowledges escalations from outside. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import type { EscalationView } from './calls.dto.js';
import { CallInState } from './calls.errors.js';
import { EscalationSteps } from './escalation-steps.js';
import { EscalationViews } from './escalation.view.js';
import { Escalations, type Reply } from './escalations.js';

export class CancelCall extends Command<EscalationView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class AcknowledgeCall extends Command<EscalationView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

/** Somebody has answered the text of an escalation. */
export class AcknowledgeByReply extends Command<void> {
  constructor(
    readonly reply: Reply,
    readonly body: string,
  ) {
    super();
  }
}

@CommandHandler(CancelCall)
export class CancelCallHandler implements ICommandHandler<CancelCall> {
  constructor(
    private readonly database: Database,
    private readonly escalations: Escalations,
    private readonly steps: EscalationSteps,
    private readonly views: EscalationViews,
  ) {}

  /** A call that has begun goes on; nobody else is called. Raises CallNotFound and CallInState. */
  execute({ tenantId, id }: CancelCall): Promise<EscalationView> {
    return this.database.transaction(async () => {
      const row = await this.escalations.lock(tenantId, id);
      if (row.status !== 'CALLING') throw new CallInState('cancelled', row.status);
      await this.steps.cancel(row);
      return this.views.one(await this.escalations.find(tenantId, id));
    });
  }
}

@CommandHandler(AcknowledgeCall)
export class AcknowledgeCallHandler implements ICommandHandler<AcknowledgeCall> {
  constructor(
    private readonly database: Database,
    private readonly escalations: Escalations,
    private readonly steps: EscalationSteps,
    private readonly views: EscalationViews,
  ) {}

  /** For somebody who has heard of it elsewhere. Raises CallNotFound and CallInState. */
  execute({ tenantId, id }: AcknowledgeCall): Promise<EscalationView> {
    return this.database.transaction(async () => {
      const row = await this.escalations.lock(tenantId, id);
      if (row.status !== 'CALLING' && row.status !== 'EXHAUSTED') throw new CallInState('acknowledged', row.status);
      await this.steps.acknowledge(row, 'api', null);
      return this.views.one(await this.escalations.find(tenantId, id));
    });
  }
}

/** What people write who mean that they have seen it. */
const SEEN = /^\W*(1|ok|okay|yes|ack|acknowledged?|confirm(ed)?)\W*$/i;

@CommandHandler(AcknowledgeByReply)
export class AcknowledgeByReplyHandler implements ICommandHandler<AcknowledgeByReply> {
  constructor(
    private readonly escalations: Escalations,
    private readonly steps: EscalationSteps,
  ) {}

  /** Must run in a transaction. Any other text is none of its business. */
  async execute({ reply, body }: AcknowledgeByReply): Promise<void> {
    if (!SEEN.test(body)) return;
    const found = await this.escalations.repliedTo(reply);
    if (found) await this.steps.acknowledge(found.row, 'reply', found.messageId);
  }
}
