/** Applies the inbox for each job of its queue. */
import { Processor } from '@nestjs/bullmq';
import { CommandBus } from '@nestjs/cqrs';
import { QueueProcessor } from '../kernel/index.js';
import { ApplyProviderEvents } from './apply-provider-events.command.js';
import { INBOX } from './inbox.queue.js';

@Processor(INBOX, { concurrency: 1, lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000 })
export class InboxProcessor extends QueueProcessor {
  constructor(private readonly commands: CommandBus) {
    super();
  }

  async process(): Promise<void> {
    await this.commands.execute(new ApplyProviderEvents());
  }
}
