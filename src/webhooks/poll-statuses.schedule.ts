/** Asks for reports that never came, by the clock. */
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Interval } from '@nestjs/schedule';
import { CONFIG, Schedules, type ReadyConfig } from '../kernel/index.js';
import { PollStatuses } from './poll-statuses.command.js';

const EVERY_MS = 5_000;

@Injectable()
export class PollStatusesSchedule {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly schedules: Schedules,
    private readonly commands: CommandBus,
  ) {}

  @Interval(EVERY_MS)
  async poll(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.schedules.once('poll-statuses', EVERY_MS * 0.9, () => this.commands.execute(new PollStatuses()));
  }
}
