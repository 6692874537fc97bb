/** Twilio's words for what becomes of a message. */
import type { DeliveryStatus } from '../provider.events.js';

/** The steps that change something; queued, accepted, scheduled and sending only say that Twilio has it. */
export const DELIVERY_STATUSES: ReadonlyMap<string, DeliveryStatus> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['undelivered', 'undelivered'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);
