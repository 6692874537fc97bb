import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/index.js';
import { ListsModule } from '../lists/index.js';
import { PriceBooks } from './prices/price-books.js';
import { TextPrices } from './prices/text-prices.js';
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
import { AmountsLock } from './amounts/amounts-lock.js';
import { Estimates } from './amounts/estimates.js';
import { Finals } from './amounts/finals.js';
import { CreditNotes } from './credits/credit-notes.js';
import { CreditsController } from './credits/credits.controller.js';
import { GrantCreditHandler } from './credits/grant-credit.command.js';
import { ListCreditsHandler } from './credits/list-credits.query.js';
import { ListUnpricedHandler } from './reratings/list-unpriced.query.js';
import { RerateUnpricedHandler } from './reratings/rerate-unpriced.command.js';
import { ReratingWalks } from './reratings/rerating-walks.js';
import { Reratings } from './reratings/reratings.js';
import { ReratingsSchedule } from './reratings/reratings.schedule.js';
import { NumberRents } from './rents/number-rents.js';
import { RentsSchedule } from './rents/rents.schedule.js';
import { CloseMonthHandler } from './statements/close-month.command.js';
import { DueMonths } from './statements/due-months.js';
import { MonthAmounts } from './statements/month-amounts.js';
import { MonthCalendar } from './statements/month-calendar.js';
import { StatementPrinter } from './statements/statement-printer.js';
import { StatementStore } from './statements/statement-store.js';
import { StatementsController } from './statements/statements.controller.js';
import {
  ExportStatementHandler,
  GetStatementHandler,
  ListClosingHandler,
  ListStatementsHandler,
} from './statements/statements.query.js';
import { StatementsSchedule } from './statements/statements.schedule.js';
import { DayComparison } from './reconciliation/day-comparison.js';
import { PlanReconciliationsHandler } from './reconciliation/plan-reconciliations.command.js';
import { ReconcileHandler } from './reconciliation/reconcile.command.js';
import { ReconciliationStore } from './reconciliation/reconciliation-store.js';
import { ReconciliationsController } from './reconciliation/reconciliations.controller.js';
import { ListDifferencesHandler, ListReconciliationsHandler } from './reconciliation/reconciliations.query.js';
import { ReconciliationsSchedule } from './reconciliation/reconciliations.schedule.js';
import { RequestReconciliationHandler } from './reconciliation/request-reconciliation.command.js';
import { SentMessages } from './reconciliation/sent-messages.js';
import { DailyCapStore } from './daily-caps/daily-cap-store.js';
import { DailyCaps } from './daily-caps/daily-caps.js';
import { DailyCapsController } from './daily-caps/daily-caps.controller.js';
import { DailyCapsSchedule } from './daily-caps/daily-caps.schedule.js';
import { GetDailyCapsHandler } from './daily-caps/get-daily-caps.query.js';
import { PutDailyCapHandler } from './daily-caps/put-daily-cap.command.js';
import { BudgetReservations } from './budgets/budget-reservations.js';
import { BudgetStore } from './budgets/budget-store.js';
import { BudgetWarnings } from './budgets/budget-warnings.js';
import { BudgetUses } from './budgets/budget-uses.js';
import { Budgets } from './budgets/budgets.js';
import { BudgetsController } from './budgets/budgets.controller.js';
import { BudgetsSchedule } from './budgets/budgets.schedule.js';
import { CampaignBudgets } from './budgets/campaign-budgets.js';
import { ChargeEstimates } from './budgets/charge-estimates.js';
import { ChargeForecast } from './budgets/charge-forecast.js';
import { GetBudgetsHandler } from './budgets/get-budgets.query.js';
import { BudgetChecks, PlanCurrencies, PutBudgetHandler } from './budgets/put-budget.command.js';
import { UsedUnits } from './budgets/used-units.js';
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
  controllers: [
    PricesController,
    ReconciliationsController,
    UsageController,
    StatementsController,
    CreditsController,
    BudgetsController,
    DailyCapsController,
  ],
  providers: [
    DailyCapStore,
    DailyCaps,
    DailyCapsSchedule,
    GetDailyCapsHandler,
    PutDailyCapHandler,
    PriceBooks,
    TextPrices,
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
    AmountsLock,
    AmountStore,
    DayComparison,
    ListDifferencesHandler,
    ListReconciliationsHandler,
    PlanReconciliationsHandler,
    ReconcileHandler,
    ReconciliationStore,
    ReconciliationsSchedule,
    RequestReconciliationHandler,
    SentMessages,
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
    ListUnpricedHandler,
    RerateUnpricedHandler,
    ReratingWalks,
    Reratings,
    ReratingsSchedule,
    NumberRents,
    RentsSchedule,
    CreditNotes,
    GrantCreditHandler,
    ListCreditsHandler,
    CloseMonthHandler,
    DueMonths,
    MonthAmounts,
    MonthCalendar,
    StatementPrinter,
    StatementStore,
    StatementsSchedule,
    ExportStatementHandler,
    GetStatementHandler,
    ListClosingHandler,
    ListStatementsHandler,
    BudgetChecks,
    BudgetReservations,
    BudgetStore,
    BudgetUses,
    BudgetWarnings,
    Budgets,
    BudgetsSchedule,
    CampaignBudgets,
    ChargeEstimates,
    ChargeForecast,
    GetBudgetsHandler,
    PlanCurrencies,
    PutBudgetHandler,
    UsedUnits,
  ],
  exports: [DailyCaps, Budgets, CampaignBudgets, ChargeForecast, TextPrices],
})
export class BillingModule {}
