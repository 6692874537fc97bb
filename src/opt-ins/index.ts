/** The public API of opt-ins: people are asked whether they want to be written to, and confirm it. */
export { ConfirmByReply } from './confirm-opt-in.command.js';
export { OptInsModule } from './opt-ins.module.js';
