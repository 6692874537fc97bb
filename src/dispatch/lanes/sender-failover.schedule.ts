/** Runs sender failover for lanes with an open circuit breaker, and moves what waited for a number, on a schedule. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../../kernel/index.js';
import { ANY_NUMBER_AWAITED, AssignNumbers } from './assign-numbers.command.js';
import { ANY_LANE_OPEN, FailOverWaiting } from './fail-over-waiting.command.js';

@Injectable()
export class SenderFailoverSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'divert-messages', everyMs: 1_000, when: ANY_LANE_OPEN })
  run(): Promise<void> {
    return this.commands.execute(new FailOverWaiting());
  }

  @Scheduled({ name: 'assign-numbers', everyMs: 1_000, when: ANY_NUMBER_AWAITED })
  assign(): Promise<void> {
    return this.commands.execute(new AssignNumbers());
  }
}
