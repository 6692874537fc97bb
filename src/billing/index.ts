/** The public API of billing: what messages cost, and what tenants are charged. */
export { AMOUNTS } from './amounts/amount-store.js';
export { BillingModule } from './billing.module.js';
export { firstAfter, MONTH } from './month.js';
export type { Days } from './usage/usage-recount.js';
export { USAGE } from './usage/usage-rollup.js';
export { DIRECTIONS, type Direction } from './prices/price-line.js';
export { LocaleTexts } from './statements/locale-texts.js';
export { MESSAGE_TYPES, type MessageType } from './usage/usage-scopes.js';
export { CAMPAIGN_BUDGETS, STOPPED_MONTHS } from './budgets/budgets.sql.js';
export { Budgets, type Outgoing, type Stopped } from './budgets/budgets.js';
export { BudgetCurrencyDiffers } from './budgets/budgets.errors.js';
export { CampaignBudgets } from './budgets/campaign-budgets.js';
export { ChargeForecast, type Foreseen, type Sending } from './budgets/charge-forecast.js';
export { ChargeForecastView } from './budgets/forecast.dto.js';
export { renumberReservations } from './budgets/renumber-reservations.js';
export type { PriceAreas } from './prices/price-areas.js';
