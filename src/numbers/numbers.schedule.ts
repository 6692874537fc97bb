/** Advances orders and returns, and looks at active numbers once a day. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../kernel/index.js';
import { AdvanceNumbers } from './advance-numbers.command.js';
import { ANY_NUMBER_DUE } from './phone-numbers.js';
import { VerifyNumbers } from './verify-number.command.js';

@Injectable()
export class NumbersSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'numbers', everyMs: 1_000, when: ANY_NUMBER_DUE })
  advance(): Promise<void> {
    return this.commands.execute(new AdvanceNumbers());
  }

  @Scheduled({ name: 'numbers-verified', everyMs: 600_000 })
  verify(): Promise<void> {
    return this.commands.execute(new VerifyNumbers());
  }
}
