/** Asks for reports that never came, by the clock. */
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Interval } from '@nestjs/schedule';
import { CONFIG, Schedules, type ReadyConfig } from '../kernel/index.js';
import { AskSilent } from './ask-silent.command.js';

const EVERY_MS = 5_000;

@Injectable()
export class AskSilentSchedule {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly schedules: Schedules,
    private readonly commands: CommandBus,
  ) {}

  @Interval(EVERY_MS)
  async ask(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.schedules.once('ask-silent', EVERY_MS * 0.9, () => this.commands.execute(new AskSilent()));
  }
}
