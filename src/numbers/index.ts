/** The public API of numbers: phone numbers of venues, rented and given back. */
export { AwaitedNumbers } from './awaited-numbers.js';
export { NumberLimitReached, NumbersNotRented } from './numbers.errors.js';
export { TENANCIES } from './number-row.js';
export { NumbersModule } from './numbers.module.js';
