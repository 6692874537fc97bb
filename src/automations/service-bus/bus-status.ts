/** Whether any worker is connected to the message bus: they say so, in the database, and every process may ask. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';

/** `off`: no worker tries. */
export type LinkState = 'up' | 'down' | 'off';

export const BEAT_EVERY_MS = 10_000;
/** Three beats. */
const TRUSTED_S = 30;
const NAME = 'service_bus';

@Injectable()
export class BusStatus {
  constructor(private readonly database: Database) {}

  /** Says that this process is, or is not, connected now. */
  async beat(isUp: boolean): Promise<void> {
    await this.database.query(
      `insert into event_link (name, tried_at, up_at) values ($1, clock_timestamp(), case when $2 then clock_timestamp() end)
       on conflict (name) do update set tried_at = excluded.tried_at, up_at = coalesce(excluded.up_at, event_link.up_at)`,
      [NAME, isUp],
    );
  }

  async state(): Promise<LinkState> {
    const [link] = await this.database.query<{ tried: boolean; up: boolean }>(
      `select tried_at > clock_timestamp() - make_interval(secs => $2) as tried,
         coalesce(up_at > clock_timestamp() - make_interval(secs => $2), false) as up
       from event_link where name = $1`,
      [NAME, TRUSTED_S],
    );
    if (!link?.tried) return 'off';
    return link.up ? 'up' : 'down';
  }
}
