/** Advances runs, and takes up events whose job was lost. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../../kernel/index.js';
import { ANY_EVENT_WAITS } from '../events/inbound-events.js';
import { TakeEvents } from '../events/take-events.command.js';
import { AdvanceRuns } from './advance-runs.command.js';
import { ANY_RUN_WAITS } from './run-claims.js';

@Injectable()
export class RunsSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'automation-runs', everyMs: 1_000, when: `${ANY_EVENT_WAITS} or ${ANY_RUN_WAITS}` })
  async advance(): Promise<void> {
    await this.commands.execute(new TakeEvents());
    await this.commands.execute(new AdvanceRuns());
  }
}
