/** Keeps usage about a second behind the facts. */
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Interval } from '@nestjs/schedule';
import { CONFIG, Schedules, type ReadyConfig } from '../kernel/index.js';
import { RollUpUsage } from './roll-up-usage.command.js';

const EVERY_MS = 1_000;

@Injectable()
export class RollUpSchedule {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly schedules: Schedules,
    private readonly commands: CommandBus,
  ) {}

  @Interval(EVERY_MS)
  async rollUp(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.schedules.once('roll-up-usage', EVERY_MS * 0.9, () => this.commands.execute(new RollUpUsage()));
  }
}
