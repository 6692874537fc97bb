/** Diverts messages from lanes that rest, by the clock. */
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Interval } from '@nestjs/schedule';
import { CONFIG, Schedules, type ReadyConfig } from '../../kernel/index.js';
import { DivertMessages } from './divert-messages.command.js';

const EVERY_MS = 1_000;

@Injectable()
export class DivertSchedule {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly schedules: Schedules,
    private readonly commands: CommandBus,
  ) {}

  @Interval(EVERY_MS)
  async divert(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.schedules.once('divert-messages', EVERY_MS * 0.9, () => this.commands.execute(new DivertMessages()));
  }
}
