/** Makes the next version of a price list, all of it or nothing. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOf, Audit, Database, type Principal, type StreamedRequestBody } from '../../kernel/index.js';
import { PriceBooks } from './price-books.js';
import type { PriceListName } from './price-list.js';
import { PriceReader } from './price-reader.js';
import { PriceStore } from './price-store.js';
import { versionView, type PutPricesView } from './prices.dto.js';
import { PriceListRefused } from './prices.errors.js';

export class PutPrices extends Command<PutPricesView> {
  constructor(
    readonly caller: Principal,
    readonly list: PriceListName,
    readonly validFrom: Date | undefined,
    readonly body: StreamedRequestBody,
  ) {
    super();
  }
}

@CommandHandler(PutPrices)
export class PutPricesHandler implements ICommandHandler<PutPrices> {
  constructor(
    private readonly reader: PriceReader,
    private readonly store: PriceStore,
    private readonly books: PriceBooks,
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  /** The same content again makes no version. Raises PriceListRefused, and whatever PriceReader raises. */
  async execute({ caller, list, validFrom, body }: PutPrices): Promise<PutPricesView> {
    const content = await this.reader.read(list, body);
    if (!('hash' in content)) throw new PriceListRefused(content);
    return this.database.transaction(async () => {
      const { row, isNew } = await this.store.put(list, content, validFrom, actorOf(caller));
      if (isNew) {
        const { version, lines, content_hash: contentHash } = row;
        await this.audit.record(
          caller,
          'prices.put',
          { ...list, version, lines, contentHash },
          { kind: 'price_list_version', id: row.id },
        );
        await this.database.afterCommit(() => this.books.forget(list));
      }
      return { ...versionView(list, row), isNew };
    });
  }
}
