/** Sends fallbacks on a schedule. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../../kernel/index.js';
import { ANY_FALLBACK_DUE, FallBack } from './fall-back.command.js';

@Injectable()
export class FallbackSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'fall-back', everyMs: 1_000, when: ANY_FALLBACK_DUE })
  fallBack(): Promise<void> {
    return this.commands.execute(new FallBack());
  }
}
