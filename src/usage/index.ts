/** The door of usage: what every tenant used. */
export { UsageModule } from './usage.module.js';
