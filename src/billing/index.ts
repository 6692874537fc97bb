/** The public API of billing: what messages cost, and what tenants are charged. */
export { PriceBook } from './prices/price-book.js';
