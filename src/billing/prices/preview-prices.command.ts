/** Reads a price list without writing anything. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { StreamedRequestBody } from '../../kernel/index.js';
import { PRICE_FAULTS } from './price-faults.js';
import type { PriceListName } from './price-list.js';
import { PriceReader } from './price-reader.js';
import { PriceStore } from './price-store.js';
import type { PricesPreview } from './prices.dto.js';

const ERRORS_SHOWN = 100;

export class PreviewPrices extends Command<PricesPreview> {
  constructor(
    readonly list: PriceListName,
    readonly body: StreamedRequestBody,
  ) {
    super();
  }
}

@CommandHandler(PreviewPrices)
export class PreviewPricesHandler implements ICommandHandler<PreviewPrices> {
  constructor(
    private readonly reader: PriceReader,
    private readonly store: PriceStore,
  ) {}

  /** Raises whatever PriceReader raises. */
  async execute({ list, body }: PreviewPrices): Promise<PricesPreview> {
    const read = await this.reader.read(list, body);
    if (!('hash' in read)) {
      const errors = read.slice(0, ERRORS_SHOWN).map((fault) => ({ ...fault, message: PRICE_FAULTS[fault.code] }));
      return { lines: 0, currency: null, contentHash: null, isNew: false, rejected: read.length, errors };
    }
    const { lines, currency, hash: contentHash } = read;
    const [newest] = await this.store.versions(list, undefined, 1);
    const isNew = newest?.content_hash !== contentHash;
    return { lines: lines.length, currency, contentHash, isNew, rejected: 0, errors: [] };
  }
}
