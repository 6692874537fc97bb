/** Forwards what people write soon after they have. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../../kernel/index.js';
import { ANY_FORWARD_WAITS } from './forward-store.js';
import { SendForwards } from './send-forwards.command.js';

@Injectable()
export class ForwardsSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'forwards', everyMs: 1_000, when: ANY_FORWARD_WAITS })
  forward(): Promise<void> {
    return this.commands.execute(new SendForwards());
  }
}
