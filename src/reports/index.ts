/** The public API of reports: figures of messages, broken down and added up. */
export { ReportsModule } from './reports.module.js';
