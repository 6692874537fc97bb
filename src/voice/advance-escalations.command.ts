/** Makes the next move of every escalation that is due. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, errorLine } from '../kernel/index.js';
import { EscalationSteps } from './escalation-steps.js';
import { Escalations } from './escalations.js';

export class AdvanceEscalations extends Command<void> {}

@CommandHandler(AdvanceEscalations)
export class AdvanceEscalationsHandler implements ICommandHandler<AdvanceEscalations> {
  private readonly logger = new Logger(AdvanceEscalationsHandler.name);

  constructor(
    private readonly database: Database,
    private readonly escalations: Escalations,
    private readonly steps: EscalationSteps,
  ) {}

  /** Until none is due. Safe to run concurrently: a move and the attempt that it makes are one transaction. */
  async execute(): Promise<void> {
    let isMoved: boolean;
    do isMoved = await this.move();
    while (isMoved);
  }

  /** False if none is due. One that fails keeps no other from its move. */
  private async move(): Promise<boolean> {
    let id: string | undefined;
    try {
      await this.database.transaction(async () => {
        const row = await this.escalations.take();
        id = row?.id;
        if (row) await this.steps.advance(row);
      });
    } catch (error) {
      if (id === undefined) throw error;
      this.logger.warn(`An escalation waits: ${errorLine(error)}`);
      await this.escalations.tryAgain(id);
    }
    return id !== undefined;
  }
}
