/** Walks through amounts without a price, one for each version of a price list: how far it has come is a row. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { PriceListName } from '../prices/price-list.js';

/** An amount, in the order of walks. */
interface Position {
  readonly day: string;
  readonly scope_id: number;
  readonly seq: string;
}

/** A version of a list whose walk has not come to its end. */
export interface Walk extends PriceListName, Position {
  readonly version_id: string;
  /** No message of an earlier day is priced by it. */
  readonly first_day: string;
}

export interface Stretch {
  /** Messages that lack a price that the version may have. */
  readonly messageIds: readonly string[];
  readonly end: Position;
  readonly isLast: boolean;
}

/** Of open walks. */
export interface Backlog {
  readonly walks: number;
  /** How long the oldest has waited. */
  readonly seconds: number;
}

export interface Lacking {
  readonly cost: number;
  readonly charge: number;
}

/** Days and scopes read at once. */
const PLACES = 50;

/** Sums are few: they tell where there are amounts without a price. */
const PLACES_AFTER = `
  select day::text, scope_id from amount_rollup
  where (day, scope_id) >= ($1::date, $2::int) and day >= $3::date and (without_cost <> 0 or without_charge <> 0)
    and ($4::text is null or scope_id in (select id from usage_scope where provider = $4))
  group by day, scope_id having sum(without_cost) > 0 or sum(without_charge) > 0
  order by amount_rollup.day, scope_id limit ${PLACES}`;

const AMOUNTS_AFTER = `
  select seq::text, case when $5::text is null or plan = $5 then message_id end as message_id
  from billing_amount as amount join billing_basis as basis on basis.id = basis_id
  where scope_id = $1 and day = $2 and seq > $3 and used_messages is not null
  order by amount.seq limit $4`;

@Injectable()
export class ReratingWalks {
  constructor(private readonly database: Database) {}

  /** Takes the oldest open one, in the caller's transaction; undefined if there is none, or another transaction has it. */
  async take(): Promise<Walk | undefined> {
    const [walk] = await this.database.query<Walk>(
      `select version_id, kind, name, rerating.day::text, scope_id, seq::text,
         (version.valid_from at time zone 'utc')::date - 1 as first_day
       from rerating join price_list_version as version on version.id = version_id join price_list as list on list.id = list_id
       where finished_at is null order by version_id limit 1 for update of rerating skip locked`,
    );
    return walk;
  }

  /** The next amounts of a walk: no more than `limit` are looked at. */
  async next(walk: Walk, limit: number): Promise<Stretch> {
    const { kind, name, first_day: firstDay } = walk;
    const [provider, plan] = kind === 'cost' ? [name, null] : [null, name];
    const places = await this.database.query<Pick<Position, 'day' | 'scope_id'>>(PLACES_AFTER, [
      walk.day,
      walk.scope_id,
      firstDay,
      provider,
    ]);
    const messageIds = new Set<string>();
    let [end, left]: [Position, number] = [walk, limit];
    for (const { day, scope_id } of places) {
      const after = day === walk.day && scope_id === walk.scope_id ? walk.seq : '0';
      const rows = await this.database.query<{ seq: string; message_id: string | null }>(AMOUNTS_AFTER, [
        scope_id,
        day,
        after,
        left,
        plan,
      ]);
      for (const { message_id: id } of rows) if (id !== null) messageIds.add(id);
      end = { day, scope_id, seq: rows.at(-1)?.seq ?? after };
      left -= rows.length;
      if (left === 0) return { messageIds: [...messageIds], end, isLast: false };
    }
    return { messageIds: [...messageIds], end, isLast: places.length < PLACES };
  }

  /** Records how far a walk has come, and how many messages it has priced on the way. */
  async move({ version_id: id }: Walk, { end, isLast }: Stretch, priced: number): Promise<void> {
    await this.database.query(
      `update rerating set day = $2, scope_id = $3, seq = $4, priced = priced + $5,
         finished_at = case when $6::boolean then clock_timestamp() end
       where version_id = $1`,
      [id, end.day, end.scope_id, end.seq, priced, isLast],
    );
  }

  async backlog(): Promise<Backlog> {
    const [backlog] = await this.database.query<Backlog>(
      `select count(*)::int as walks, coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as seconds
       from rerating where finished_at is null`,
    );
    return backlog ?? { walks: 0, seconds: 0 };
  }

  /** How many amounts have no known price, by side. */
  async lacking(): Promise<Lacking> {
    const [lacking] = await this.database.query<Lacking>(
      `select coalesce(sum(without_cost), 0)::float8 as cost, coalesce(sum(without_charge), 0)::float8 as charge
       from amount_rollup where without_cost <> 0 or without_charge <> 0`,
    );
    return lacking ?? { cost: 0, charge: 0 };
  }
}
