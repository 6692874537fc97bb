/** The public API of usage: what every tenant used. */
export { UsageModule } from './usage.module.js';
