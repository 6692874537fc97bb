/** Reconciles messages in doubt on a schedule. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../../kernel/index.js';
import { GiveUpDoubts } from './give-up-doubts.command.js';
import { ReconcileDoubts } from './reconcile-doubts.command.js';
import { RepeatCalls } from './repeat-calls.command.js';
import { RetryUncertain } from './retry-uncertain.command.js';

@Injectable()
export class ReconcileSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'reconcile-doubts', everyMs: 5_000 })
  reconcile(): Promise<void> {
    return this.commands.execute(new ReconcileDoubts());
  }

  @Scheduled({ name: 'repeat-calls', everyMs: 5_000 })
  repeatCalls(): Promise<void> {
    return this.commands.execute(new RepeatCalls());
  }

  @Scheduled({ name: 'retry-uncertain', everyMs: 5_000 })
  retryUncertain(): Promise<void> {
    return this.commands.execute(new RetryUncertain());
  }

  @Scheduled({ name: 'give-up-doubts', everyMs: 3_600_000 })
  giveUp(): Promise<void> {
    return this.commands.execute(new GiveUpDoubts());
  }
}
