/** Applies the inbox for each job of its queue. */
import { CommandBus } from '@nestjs/cqrs';
import { QueueProcessor, QueueWorker } from '../kernel/index.js';
import { ApplyProviderEvents } from './apply-provider-events.command.js';
import { INBOX } from './inbox.queue.js';

@QueueWorker(INBOX, { concurrency: 1 })
export class InboxProcessor extends QueueProcessor {
  constructor(private readonly commands: CommandBus) {
    super();
  }

  protected override async work(): Promise<void> {
    await this.commands.execute(new ApplyProviderEvents());
  }
}
