/** The public API of billing: what messages cost, and what tenants are charged. */
export { BillingModule } from './billing.module.js';
