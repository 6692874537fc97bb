/** Erasures go on until they are over, whatever happens to the process that began. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../kernel/index.js';
import { ErasePeople } from './erase-people.command.js';
import { ANY_ERASURE_DUE } from './erasure-store.js';

@Injectable()
export class ErasureSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'erase-people', everyMs: 5_000, when: ANY_ERASURE_DUE })
  async erase(): Promise<void> {
    await this.commands.execute(new ErasePeople());
  }
}
