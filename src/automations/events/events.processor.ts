/** Takes up events for each job of the queue, and moves the runs that they begin. */
import { CommandBus } from '@nestjs/cqrs';
import { QueueProcessor, QueueWorker } from '../../kernel/index.js';
import { AdvanceRuns } from '../runs/advance-runs.command.js';
import { EVENTS } from './events.queue.js';
import { TakeEvents } from './take-events.command.js';

@QueueWorker(EVENTS, { concurrency: 1 })
export class EventsProcessor extends QueueProcessor {
  constructor(private readonly commands: CommandBus) {
    super();
  }

  protected override async work(): Promise<void> {
    await this.commands.execute(new TakeEvents());
    await this.commands.execute(new AdvanceRuns());
  }
}
