/**
 * Reads prices from the records of providers that know them only some time after a message's end. A day's records are far fewer calls
 * than a call for each of its messages.
 */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { errorLine } from '../kernel/index.js';
import { ProviderRegistry, type RecordPage } from '../providers/index.js';
import { PriceReports } from './price-reports.js';
import { PriceSweeps, type PriceSweep } from './price-sweeps.js';

/** Pages per run: the next run reads on. */
const MOST_PAGES = 20;

export class SweepPrices extends Command<void> {}

@CommandHandler(SweepPrices)
export class SweepPricesHandler implements ICommandHandler<SweepPrices> {
  private readonly logger = new Logger(SweepPricesHandler.name);

  constructor(
    private readonly sweeps: PriceSweeps,
    private readonly providers: ProviderRegistry,
    private readonly prices: PriceReports,
  ) {}

  /** One page after another, to spare the provider's rate limit. A run that dies is continued from its last page. */
  async execute(): Promise<void> {
    for (let pages = 0; pages < MOST_PAGES;) {
      const sweep = await this.sweeps.take();
      if (!sweep) return;
      pages += await this.read(sweep, MOST_PAGES - pages);
    }
  }

  /** Returns how many pages it has read, or tried to. */
  private async read(sweep: PriceSweep, most: number): Promise<number> {
    let from = sweep.page ?? undefined;
    for (let pages = 1; ; pages += 1) {
      const page = await this.pageOf(sweep, from);
      const lacking = page ? await this.prices.report(sweep, page.records) : null;
      if (page?.next === undefined || lacking === null) {
        const left = await this.sweeps.end(sweep, lacking);
        if (left !== undefined) this.logger.warn(`${sweep.provider} has told no price of ${left} messages of a day`);
        return pages;
      }
      await this.sweeps.turn(sweep, page.next, lacking);
      if (pages >= most) {
        await this.sweeps.putDown(sweep);
        return pages;
      }
      from = page.next;
    }
  }

  /** Undefined if the provider does not answer: the day is read again. */
  private async pageOf(
    { provider, accountId, day }: PriceSweep,
    from: string | undefined,
  ): Promise<RecordPage | undefined> {
    try {
      const adapter = await this.providers.adapter(provider);
      return await adapter.records?.(await this.providers.account(accountId), day, from);
    } catch (error) {
      this.logger.warn(`The prices of a day were not read: ${errorLine(error)}`);
      return undefined;
    }
  }
}
