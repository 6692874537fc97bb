/** Reads prices from providers' records, on a schedule. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../kernel/index.js';
import { SweepPrices } from './sweep-prices.command.js';

@Injectable()
export class SweepPricesSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'sweep-prices', everyMs: 10_000 })
  sweep(): Promise<void> {
    return this.commands.execute(new SweepPrices());
  }
}
