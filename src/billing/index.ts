/** The public API of billing: what messages cost, and what tenants are charged. */
export { AMOUNTS } from './amounts/amount-store.js';
export { BillingModule } from './billing.module.js';
export { firstAfter, MONTH } from './month.js';
export type { Days } from './usage/usage-recount.js';
export { USAGE } from './usage/usage-rollup.js';
export { DIRECTIONS, type Direction } from './prices/price-line.js';
export { LocaleTexts } from './statements/locale-texts.js';
export { MESSAGE_TYPES, type MessageType } from './usage/usage-scopes.js';
export { Budgets } from './budgets/budgets.js';
export type { Outgoing } from './budgets/charge-estimates.js';
