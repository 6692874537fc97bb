/** Sends late retries on a schedule. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../../kernel/index.js';
import { ANY_LATE_RETRY, RetryLate } from './retry-late.command.js';

@Injectable()
export class LateRetriesSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'late-retries', everyMs: 5_000, when: ANY_LATE_RETRY })
  retry(): Promise<void> {
    return this.commands.execute(new RetryLate());
  }
}
