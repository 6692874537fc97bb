import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/index.js';
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
import { AmountStore } from './amounts/amount-store.js';
import { Estimates } from './amounts/estimates.js';
import { Finals } from './amounts/finals.js';
import { GetUsageHandler } from './usage/get-usage.query.js';
import { UsageConsumer } from './usage/usage.consumer.js';
import { UsageController } from './usage/usage.controller.js';
import { UsageFacts } from './usage/usage-facts.js';
import { CheckUsageSchedule } from './usage/check-usage.schedule.js';
import { RebuildUsageHandler } from './usage/rebuild-usage.command.js';
import { UsageRecount } from './usage/usage-recount.js';
import { UsageRollup } from './usage/usage-rollup.js';
import { UsageScopes } from './usage/usage-scopes.js';

@Module({
  imports: [LedgerModule, ListsModule],
  controllers: [PricesController, UsageController],
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
    AmountStore,
    Estimates,
    Finals,
    GetUsageHandler,
    UsageConsumer,
    UsageFacts,
    CheckUsageSchedule,
    RebuildUsageHandler,
    UsageRecount,
    UsageRollup,
    UsageScopes,
  ],
})
export class BillingModule {}
