/** What of the kernel needs neither Nest nor a database: for code that runs in worker threads too, which would take seconds to load the rest. */
export { isBlank } from './blank.js';
export * from './errors.js';
export { minorUnits } from './minor-units.js';
export { WEB_ADDRESS, isWebAddress } from './validation/web-address.js';
