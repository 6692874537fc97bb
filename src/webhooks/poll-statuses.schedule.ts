/** Polls the status of messages with missing delivery reports, on a schedule. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../kernel/index.js';
import { PollStatuses } from './poll-statuses.command.js';

@Injectable()
export class PollStatusesSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'poll-statuses', everyMs: 5_000 })
  poll(): Promise<void> {
    return this.commands.execute(new PollStatuses());
  }
}
