/** Prices what had no price, after new versions of price lists: some messages in each transaction, which moves the walk too. */
import type { OnModuleDestroy } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AmountsLock } from '../amounts/amounts-lock.js';
import { ReratingWalks } from './rerating-walks.js';
import { Reratings } from './reratings.js';

/** Amounts looked at in one transaction: those who write amounts wait for it. */
export const STRETCH = 1_000;

export class RerateUnpriced extends Command<void> {}

@CommandHandler(RerateUnpriced)
export class RerateUnpricedHandler implements ICommandHandler<RerateUnpriced>, OnModuleDestroy {
  private stopping = false;

  constructor(
    private readonly lock: AmountsLock,
    private readonly walks: ReratingWalks,
    private readonly reratings: Reratings,
  ) {}

  /** Until no walk is open. Safe to run twice at once, and to be cut off anywhere. */
  async execute(): Promise<void> {
    while (!this.stopping && (await this.walks.backlog()).walks > 0) if (!(await this.step())) return;
  }

  /** A shutdown does not wait for a whole walk: it goes on from where it is. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** One transaction; false if there was nothing to do in it. Amounts are locked: what is counted after a new version knows it. */
  step(): Promise<boolean> {
    return this.lock.holding(async () => {
      const walk = await this.walks.take();
      if (!walk) return false;
      const stretch = await this.walks.next(walk, STRETCH);
      await this.walks.move(walk, stretch, await this.reratings.write(stretch.messageIds));
      return true;
    });
  }
}
