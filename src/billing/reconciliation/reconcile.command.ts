/** Reconciles the days that are due: the provider's totals against the ledger's and, where they differ, message by message. */
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError, errorLine } from '../../kernel/index.js';
import {
  ProviderRegistry,
  type ProviderAccount,
  type ProviderAdapter,
  type ProviderRecord,
} from '../../providers/index.js';
import { agree, sidesOf, totalsDiffering, trafficKey, type ChannelTotals } from './comparison.rules.js';
import { DayComparison, Tally } from './day-comparison.js';
import { ReconciliationStore, type Findings, type Reconciliation } from './reconciliation-store.js';
import { SentMessages } from './sent-messages.js';

export class Reconcile extends Command<void> {}

/** A provider's books of one account. */
interface Books {
  readonly adapter: ProviderAdapter;
  readonly account: ProviderAccount;
}

@CommandHandler(Reconcile)
export class ReconcileHandler implements ICommandHandler<Reconcile>, OnModuleDestroy {
  private readonly logger = new Logger(ReconcileHandler.name);
  private stopping = false;

  constructor(
    private readonly store: ReconciliationStore,
    private readonly sent: SentMessages,
    private readonly comparison: DayComparison,
    private readonly providers: ProviderRegistry,
  ) {}

  /** One after another until none waits. One whose process died has failed. */
  async execute(): Promise<void> {
    for (const id of await this.store.abandoned()) await this.sent.forget(id);
    while (!this.stopping) {
      const run = await this.store.take();
      if (!run) return;
      await this.reconcile(run);
    }
  }

  /** A shutdown does not wait for a whole day: it is planned again. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  private async reconcile(run: Reconciliation): Promise<void> {
    try {
      const books = {
        adapter: await this.providers.adapter(run.provider),
        account: await this.providers.account(run.accountId),
      };
      const findings = await this.findingsOf(run, books);
      // Before it is finished: what a crash leaves in between is of one that is taken for dead.
      await this.sent.forget(run.id);
      await this.store.finish(run.id, findings);
    } catch (error) {
      const isForOperators = error instanceof BooksUnread || error instanceof DomainError;
      const reason = isForOperators ? error.message : errorLine(error);
      this.logger.warn(`A day was not reconciled: ${reason}`);
      await this.sent.forget(run.id);
      await this.store.fail(run.id, reason);
    }
  }

  private async findingsOf(run: Reconciliation, books: Books): Promise<Findings> {
    const { adapter } = books;
    const totals = await this.totalsOf(run, books);
    const agreed = totals?.every(agree) ?? false;
    if (agreed && !(run.everyMessage && adapter.records)) return { totals: totals ?? [], records: null, counts: {} };
    const tally = new Tally();
    if (!adapter.records) {
      await this.comparison.keep(run, tally, totalsDiffering(totals ?? []));
      return { totals: totals ?? [], records: null, counts: tally.counts };
    }
    await this.compareMessages(run, books, tally);
    const both = totals ?? sidesOf(await this.sent.totals(run.accountId, run.day), tally.totals);
    return { totals: both, records: tally.records, counts: tally.counts };
  }

  /** Undefined where the provider publishes none. */
  private async totalsOf(run: Reconciliation, { adapter, account }: Books): Promise<ChannelTotals[] | undefined> {
    if (!adapter.usage) return undefined;
    const theirs = await asked(async () => adapter.usage?.(account, { from: run.day, to: run.day }) ?? []);
    const byChannel = theirs
      .filter(({ day }) => day === run.day)
      .map(({ day: _day, channel, direction, ...sums }) => {
        const traffic = { channel, ...(direction && { direction }) };
        return [trafficKey(traffic), { ...traffic, sums }] as const;
      });
    return sidesOf(await this.sent.totals(run.accountId, run.day), new Map(byChannel));
  }

  private async compareMessages(run: Reconciliation, books: Books, tally: Tally): Promise<void> {
    await this.sent.gather(run.id, run.accountId, run.day);
    for await (const records of this.pagesOf(books, run.day)) await this.comparison.comparePage(run, tally, records);
    // A message may wait at the provider past midnight, and clocks differ.
    for (const day of [dayAfter(run.day, 1), dayAfter(run.day, -1)]) {
      if (await this.sent.areAllCrossed(run.id)) return;
      for await (const records of this.pagesOf(books, day)) {
        await this.comparison.compareNeighbours(run, tally, records);
        if (await this.sent.areAllCrossed(run.id)) return;
      }
    }
    await this.comparison.closeDay(run, tally);
  }

  private async *pagesOf({ adapter, account }: Books, day: string): AsyncGenerator<readonly ProviderRecord[]> {
    for (let from: string | undefined; ;) {
      if (this.stopping) throw new BooksUnread('The process was stopped');
      const start = from;
      const page = await asked(async () => adapter.records?.(account, day, start));
      if (page) yield page.records;
      if (page?.next === undefined) return;
      from = page.next;
    }
  }
}

/** Its message is a reason in our own words, and holds no address. */
class BooksUnread extends Error {}

/** What the provider port answers. It rejects with a reason, which is for the operator. */
async function asked<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch (error) {
    throw new BooksUnread(error instanceof Error ? error.message : errorLine(error), { cause: error });
  }
}

const DAY_MS = 86_400_000;

/** So many days later. */
const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
