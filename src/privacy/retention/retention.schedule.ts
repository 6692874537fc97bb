/** Erases what is old, every hour. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../../kernel/index.js';
import { EraseOldData } from './erase-old-data.command.js';

@Injectable()
export class RetentionSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'erase-old-data', everyMs: 3_600_000 })
  erase(): Promise<void> {
    return this.commands.execute(new EraseOldData());
  }
}
