/** After a logical restore: the new server's transaction ids begin again, below those that reservations were made in. */
import type { Database } from '../../kernel/index.js';

/** Makes reservations older than every event, so that whatever ends one of them does. Joins the open transaction. */
export async function renumberReservations(database: Database): Promise<void> {
  await database.query(`update budget_reservation set tx = '0'`);
}
