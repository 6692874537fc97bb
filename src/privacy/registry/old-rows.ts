/** What is erased of a tenant by its age: of each kind of data which rows, when they may be, and what of them goes. */
import type { RetentionKind } from '../../tenants/index.js';
import { IS_AT_REST, OF_MESSAGE, SAID } from './message-tables.js';
import { IS_COUNTED } from './personal-table.js';

/** Rows in the order of their age, which is that of their ids. */
export interface OldRows {
  /**
   * SQL: rows of `t` with their `id`, the `address` of the person, and whether they may be erased now, as `ready`. The tenant is
   * parameter 1; a condition follows.
   */
  readonly rows: string;
  /** Statements that erase rows by their ids, in parameter 1. Parameter 2 has what stands in the place of each one's address. */
  readonly erase: readonly string[];
  /**
   * Statements about the same people in other tables: of a tenant, parameter 1, older than so many days, parameter 2. Each takes as
   * many rows as parameter 3 says, and is repeated until it finds fewer.
   */
  readonly beside: readonly string[];
}

const MESSAGES = `
  select t.id, t.recipient as address, ${IS_AT_REST} and ${IS_COUNTED} as ready from message as t where t.tenant_id = $1`;

const nulls = (columns: readonly string[]): string => columns.map((column) => `${column} = null`).join(', ');

const IDS = `any ($1::uuid[])`;
const GIVEN = `unnest($1::uuid[], $2::text[]) as given (id, mask)`;
const AGO = `now() - make_interval(days => $2::int)`;
/** Rows of a table by the columns of its key: looked up campaign by campaign, as most have none left. */
const ofOldCampaigns = (table: string, key: string): string =>
  `delete from ${table} where (campaign_id, ${key}) in (
     select old.id, ${key} from campaign as old
     cross join lateral (select ${key} from ${table} as t where t.campaign_id = old.id limit $3) as found
     where old.tenant_id = $1 and old.ended_at < ${AGO} limit $3)`;

export const OLD_ROWS: Readonly<Record<RetentionKind, OldRows>> = {
  content: {
    rows: MESSAGES,
    erase: [`update message set ${nulls(SAID)} from ${GIVEN} where message.id = given.id`],
    beside: [],
  },
  recipients: {
    rows: MESSAGES,
    erase: [
      `update voice_call set digits = null, answered_by = null from ${GIVEN} where message_id = given.id`,
      `update message set recipient = given.mask, ${nulls(OF_MESSAGE)} from ${GIVEN} where message.id = given.id`,
    ],
    beside: [
      ofOldCampaigns('campaign_exclusion', 'address'),
      ofOldCampaigns('campaign_chunk', 'part, after'),
      `update campaign set cut_to = '' where id in (
         select id from campaign where tenant_id = $1 and ended_at < ${AGO} and cut_to <> '' limit $3)`,
    ],
  },
  received: {
    rows: `
      select t.id, t.person as address, ${IS_COUNTED} and not exists (
          select from received_media as media where media.received_id = t.id and media.claim is not null and media.due_at is not null) as ready
      from received_message as t where t.tenant_id = $1`,
    erase: [
      `delete from auto_reply_due where received_id = ${IDS}`,
      `delete from forward_item where received_id = ${IDS}`,
      `delete from received_media where received_id = ${IDS}`,
      `delete from received_text where received_id = ${IDS}`,
      `update received_message set person = given.mask from ${GIVEN} where received_message.id = given.id`,
    ],
    beside: [
      `delete from venue_conversation where id in (
         select id from venue_conversation as t where t.tenant_id = $1 and t.last_received_at < ${AGO}
           and not exists (select from received_text as said where said.conversation_id = t.id) limit $3)`,
    ],
  },
};
