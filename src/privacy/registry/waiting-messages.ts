/** Messages to a person that have not begun to be sent. */
import { ADDRESS, asPerson, TENANT } from './personal-table.js';

/** Ids, at most as many as one batch takes. */
export const WAITING_MESSAGES = asPerson(`
  select message.id from message join pending on pending.message_id = message.id
  where recipient = ${ADDRESS} and message.tenant_id = ${TENANT} and pending.claim is null limit 200`);
