/** The door of the desk: what is stuck, and what operators do about it. */
export { DeskModule } from './desk.module.js';
