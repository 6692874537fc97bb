/** Advances escalations on a schedule. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../kernel/index.js';
import { AdvanceEscalations } from './advance-escalations.command.js';
import { ANY_ESCALATION_DUE } from './escalations.js';

@Injectable()
export class EscalationsSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'escalations', everyMs: 1_000, when: ANY_ESCALATION_DUE })
  advance(): Promise<void> {
    return this.commands.execute(new AdvanceEscalations());
  }
}
