/** Looks into messages in doubt, by the clock. */
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Interval } from '@nestjs/schedule';
import { CONFIG, Schedules, type ReadyConfig } from '../../kernel/index.js';
import { GiveUpDoubts } from './give-up-doubts.command.js';
import { ReconcileDoubts } from './reconcile-doubts.command.js';
import { RepeatCalls } from './repeat-calls.command.js';

const EVERY_MS = 5_000;
const GIVE_UP_EVERY_MS = 3_600_000;

@Injectable()
export class ReconcileSchedule {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly schedules: Schedules,
    private readonly commands: CommandBus,
  ) {}

  @Interval(EVERY_MS)
  async reconcile(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.schedules.once('reconcile-doubts', EVERY_MS * 0.9, () => this.commands.execute(new ReconcileDoubts()));
    await this.schedules.once('repeat-calls', EVERY_MS * 0.9, () => this.commands.execute(new RepeatCalls()));
    await this.schedules.once('give-up-doubts', GIVE_UP_EVERY_MS, () => this.commands.execute(new GiveUpDoubts()));
  }
}
