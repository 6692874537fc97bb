/** The public API of the operator console: what is stuck, and what operators do about it. */
export { OperationsModule } from './operations.module.js';
