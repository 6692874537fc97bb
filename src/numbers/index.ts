/** The public API of numbers: phone numbers of venues, rented and given back. */
export { NumbersModule } from './numbers.module.js';
