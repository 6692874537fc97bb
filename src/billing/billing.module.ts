import { Module } from '@nestjs/common';
import { ListsModule } from '../lists/index.js';
import { PriceBooks } from './prices/price-books.js';
import { PriceReader } from './prices/price-reader.js';
import { PriceStore } from './prices/price-store.js';
import { PreviewPricesHandler } from './prices/preview-prices.command.js';
import { PricesController } from './prices/prices.controller.js';
import {
  ExportPricesHandler,
  ListChargesHandler,
  ListPriceLinesHandler,
  ListPriceListsHandler,
  ListPriceVersionsHandler,
} from './prices/prices.query.js';
import { PutPricesHandler } from './prices/put-prices.command.js';
import { QuotePriceHandler } from './prices/quote-price.query.js';

@Module({
  imports: [ListsModule],
  controllers: [PricesController],
  providers: [
    PriceBooks,
    PriceReader,
    PriceStore,
    PutPricesHandler,
    PreviewPricesHandler,
    ListPriceListsHandler,
    ListPriceVersionsHandler,
    ListPriceLinesHandler,
    ExportPricesHandler,
    ListChargesHandler,
    QuotePriceHandler,
  ],
})
export class BillingModule {}
