/** The default sender of a venue on a channel: it speaks for messages that name no sender. */
import type { Database } from '../../kernel/index.js';
import type { Sender } from './sender.entity.js';

/**
 * SQL: the order in which a venue's senders speak on a channel. The default; while that is silenced its fallback; else the
 * oldest, those that stand in for an active sender last. On MMS, senders for MMS come before those for SMS.
 */
export const speakingOrder = (channel: string): string => `
  ${first(channel, (sender) => `${sender}.is_default`)},
  (sender.channel = ${channel}) desc, sender.is_default desc,
  exists (select from sender as relieved where relieved.venue_id = sender.venue_id
    and relieved.fallback_sender_id = sender.id and relieved.status = 'active'),
  sender.id`;

/** SQL: the order of messages of a category: the sender that speaks for it comes before the default. */
export const speakingOrderFor = (channel: string, category: string): string => `
  ${first(channel, (sender) => `${category} = any(${sender}.default_for)`)}, ${speakingOrder(channel)}`;

/** Those to which `applies`; while one of them is silenced its fallback. */
const first = (channel: string, applies: (sender: string) => string): string => `
  (sender.channel = ${channel} and ${applies('sender')}) desc,
  exists (select from sender as silenced where silenced.venue_id = sender.venue_id and silenced.channel = ${channel}
    and ${applies('silenced')} and silenced.fallback_sender_id = sender.id) desc`;

type Place = Pick<Sender, 'venueId' | 'channel'>;

/** SQL: the lock of a venue's senders on a channel. */
const lockOf = (venueId: string, channel: string): string =>
  `pg_advisory_xact_lock(hashtextextended('senders ' || ${venueId} || ' ' || ${channel}, 0))`;

/** Lets one transaction at a time change the senders of a venue on a channel. Take it before the lock of any of their rows. */
export async function lockSenders(database: Database, { venueId, channel }: Place): Promise<void> {
  await database.query(`select ${lockOf('$1::text', '$2::text')}`, [venueId, channel]);
}

/** The same lock, by one of the senders: `$1` is its id, `$2` its tenant's. */
export const LOCK_BESIDE_SENDER = `
  select ${lockOf('venue_id::text', 'channel')} from sender where id = $1 and tenant_id = $2`;

/** Whether the default of this venue and channel is the sender with this id. */
export async function isDefault(
  database: Database,
  { venueId, channel }: Place,
  id: string | null | undefined,
): Promise<boolean> {
  const found = await database.query(
    `select from sender where id = $1 and venue_id = $2 and channel = $3 and is_default and status <> 'released'`,
    [id ?? null, venueId, channel],
  );
  return found.length > 0;
}

/** Makes a sender the default, in place of another. Call it under the lock. */
export async function chooseDefault(
  database: Database,
  { id, venueId, channel }: Place & Pick<Sender, 'id'>,
): Promise<void> {
  await database.query(
    `update sender set is_default = false where venue_id = $1 and channel = $2 and is_default and id <> $3`,
    [venueId, channel, id],
  );
  await database.query(`update sender set is_default = true where id = $1`, [id]);
}

/** Takes categories from the other senders of a venue on a channel: one speaks for each. Call it under the lock. */
export async function takeCategories(
  database: Database,
  { id, venueId, channel, defaultFor }: Place & Pick<Sender, 'id' | 'defaultFor'>,
): Promise<void> {
  if (defaultFor.length === 0) return;
  await database.query(
    `update sender
     set default_for = array(select category from unnest(default_for) as category where category <> all($4::text[]))
     where venue_id = $1 and channel = $2 and id <> $3 and default_for && $4::text[]`,
    [venueId, channel, id, defaultFor],
  );
}

/** The categories of a released sender go to its fallback, else back to the default. Call it under the lock. */
export async function passCategories(database: Database, { id }: Pick<Sender, 'id'>): Promise<void> {
  await database.query(
    `with released as (update sender set default_for = '{}' where id = $1 returning old.default_for, fallback_sender_id)
     update sender set default_for = array(
       select distinct category from unnest(sender.default_for || released.default_for) as category order by category)
     from released where sender.id = released.fallback_sender_id and sender.status <> 'released'`,
    [id],
  );
}

/**
 * If the default was released, or there is none, the next in order becomes it, an active one if there is one. Call it under the
 * lock.
 */
export async function settleDefault(database: Database, { venueId, channel }: Place): Promise<void> {
  await database.query(
    `with successor as (
       select id from sender
       where venue_id = $1 and channel = $2 and status <> 'released' and not exists (
         select from sender where venue_id = $1 and channel = $2 and is_default and status <> 'released')
       order by (status = 'active') desc, ${speakingOrder('$2')} limit 1)
     update sender set is_default = id in (select id from successor)
     where venue_id = $1 and channel = $2 and (is_default and status = 'released' or id in (select id from successor))`,
    [venueId, channel],
  );
}
