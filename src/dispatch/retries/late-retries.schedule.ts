/** Sends late retries on a schedule. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../../kernel/index.js';
import { RetryLate } from './retry-late.command.js';

@Injectable()
export class LateRetriesSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'late-retries', everyMs: 5_000 })
  retry(): Promise<void> {
    return this.commands.execute(new RetryLate());
  }
}
