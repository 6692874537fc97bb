/** Diverts messages from lanes that rest, by the clock. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../../kernel/index.js';
import { DivertMessages } from './divert-messages.command.js';

@Injectable()
export class DivertSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'divert-messages', everyMs: 1_000 })
  divert(): Promise<void> {
    return this.commands.execute(new DivertMessages());
  }
}
