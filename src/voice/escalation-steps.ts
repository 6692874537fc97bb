/** Takes an escalation from one step to the next. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DomainError } from '../kernel/index.js';
import { AcceptMessages, CancelMessage, CannotCancel } from '../dispatch/index.js';
import { WAITING } from '../ledger/index.js';
import { moveOf, type Move } from './escalation.rules.js';
import { Escalations, type AcknowledgedVia, type EscalationRow } from './escalations.js';
import { inputOf } from './step-message.js';

/** All of it inside the transaction that has locked the escalation. */
@Injectable()
export class EscalationSteps {
  constructor(
    private readonly escalations: Escalations,
    private readonly commands: CommandBus,
  ) {}

  /** Until somebody is waited for, or it is over. */
  async advance(row: EscalationRow): Promise<void> {
    for (let isDone = false; !isDone;) isDone = await this.make(row, await this.next(row));
  }

  /** Of what is still in our hands, nothing is sent any more. */
  async acknowledge(row: EscalationRow, via: AcknowledgedVia, messageId: string | null): Promise<void> {
    await this.escalations.acknowledge(row.id, via, messageId);
    await this.takeBack(row);
  }

  async cancel(row: EscalationRow): Promise<void> {
    await this.escalations.finish(row.id, 'CANCELLED');
    await this.takeBack(row);
  }

  private async next(row: EscalationRow): Promise<Move> {
    const { steps, retry, until_acknowledged: untilAcknowledged } = row;
    const attempts = await this.escalations.attempts([row.id]);
    return moveOf({ steps, retry, untilAcknowledged, attempts }, await this.escalations.now());
  }

  /** True if there is no other move to make now. */
  private async make(row: EscalationRow, move: Move): Promise<boolean> {
    if (move.kind === 'acknowledged') {
      await this.acknowledge(row, 'key', move.messageId);
    } else if (move.kind === 'reached') {
      await this.escalations.finish(row.id, 'REACHED');
      await this.takeBack(row);
    } else if (row.status === 'EXHAUSTED') {
      await this.escalations.wait(row.id, null);
    } else if (move.kind === 'try') {
      await this.attempt(row, move);
      return false;
    } else if (move.kind === 'wait') {
      await this.escalations.wait(row.id, move.until);
    } else {
      await this.escalations.finish(row.id, 'EXHAUSTED');
    }
    return true;
  }

  /** A person who cannot be sent to must not keep the next one from it: a refusal is an attempt too. */
  private async attempt(row: EscalationRow, { step: place, attempt }: Move & { kind: 'try' }): Promise<void> {
    const step = row.steps[place];
    if (!step) throw new Error('an escalation tries its own steps');
    const [result] = await this.commands.execute(new AcceptMessages(row.tenant_id, [inputOf(row, step)]));
    if (result === undefined) throw new Error('The one message got no answer');
    await this.escalations.addAttempt(
      row.id,
      { step: place, attempt },
      result instanceof DomainError ? { refusal: result.code } : { messageId: result.id },
    );
  }

  /** Calls and texts that no drain has taken up yet. */
  private async takeBack(row: EscalationRow): Promise<void> {
    for (const { messageId, status } of await this.escalations.attempts([row.id])) {
      if (messageId === null || status === null || !WAITING.includes(status)) continue;
      try {
        await this.commands.execute(new CancelMessage(row.tenant_id, messageId));
      } catch (error) {
        if (!(error instanceof CannotCancel)) throw error; // it was taken up meanwhile
      }
    }
  }
}
