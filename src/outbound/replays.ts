/** Has endpoints told again what they were told, or were not: step by step, in short transactions. */
import { Injectable } from '@nestjs/common';
import { CONSENT_CHANGES, PUMPING_EVENTS } from '../consent/index.js';
import { Database } from '../kernel/index.js';
import { MESSAGE_EVENTS } from '../ledger/index.js';
import { consentFacts, deliveriesAgain, messageFacts, pumpingFacts } from './fan-out.sql.js';
import { ReplayStore, type ReplayRow } from './replay-store.js';

/** Events of one step, at the most. */
const STEP = 5_000;
/** Of the log that one step looks at: its events are of all tenants. */
const WINDOW = '10 minutes';
/** A run ends after this, and the next goes on. */
const RUN_MS = 900;

interface Place {
  readonly at: string;
  readonly seq: string;
  readonly found: number;
}

/** The place that a step reaches: its last event where there may be more in the window, else the window's end. */
const NEXT_PLACE = `
  with upcoming as materialized (
    select at, seq from ${MESSAGE_EVENTS} as event
    where tenant_id = (select tenant_id from webhook_endpoint where id = $1) and at >= $2::timestamptz and (at, seq) > ($2::timestamptz, $3::bigint)
      and at < least($4::timestamptz, $2::timestamptz + interval '${WINDOW}')
    order by at, seq limit ${STEP}
  ), cut as (select at, seq from upcoming order by at, seq offset ${STEP - 1} limit 1)
  select coalesce((select at from cut), least($4::timestamptz, $2::timestamptz + interval '${WINDOW}')) as at,
    coalesce((select seq from cut), 0) as seq`;

const MESSAGES_AGAIN = deliveriesAgain(
  messageFacts(`(
    select * from ${MESSAGE_EVENTS} as event
    where at >= $2::timestamptz and (at, seq) > ($2::timestamptz, $3::bigint) and (at, seq) <= ($4::timestamptz, $5::bigint)
      and tenant_id = (select tenant_id from webhook_endpoint where id = $1))`),
);

const CONSENT_AGAIN = deliveriesAgain(
  consentFacts(`(
    select * from ${CONSENT_CHANGES} as change
    where id >= uuidv7_floor($2::timestamptz) and id < uuidv7_floor($3::timestamptz)
      and tenant_id = (select tenant_id from webhook_endpoint where id = $1))`),
);

const PUMPING_AGAIN = deliveriesAgain(
  pumpingFacts(`(
    select * from ${PUMPING_EVENTS} as event
    where id >= uuidv7_floor($2::timestamptz) and id < uuidv7_floor($3::timestamptz)
      and tenant_id = (select tenant_id from webhook_endpoint where id = $1))`),
);

@Injectable()
export class Replays {
  constructor(
    private readonly database: Database,
    private readonly store: ReplayStore,
  ) {}

  /** Takes steps of all that are under way in turn, for about a second. Safe to run concurrently: each is locked. */
  async run(): Promise<void> {
    const ends = performance.now() + RUN_MS;
    let open: string[];
    do {
      open = await this.store.open();
      for (const id of open) await this.database.transaction(() => this.step(id));
    } while (open.length > 0 && performance.now() < ends);
  }

  private async step(id: string): Promise<void> {
    const replay = await this.store.take(id);
    if (!replay) return;
    const place = await this.place(replay);
    const from = [replay.endpointId, replay.reachedAt, replay.reachedSeq];
    const messages = await this.database.query(MESSAGES_AGAIN, [...from, place.at, place.seq]);
    const consent = await this.database.query(CONSENT_AGAIN, [replay.endpointId, replay.reachedAt, place.at]);
    const pumping = await this.database.query(PUMPING_AGAIN, [replay.endpointId, replay.reachedAt, place.at]);
    await this.store.advance(id, place.at, place.seq, messages.length + consent.length + pumping.length);
  }

  private async place({ endpointId, reachedAt, reachedSeq, until }: ReplayRow): Promise<Place> {
    const [place] = await this.database.query<Place>(NEXT_PLACE, [endpointId, reachedAt, reachedSeq, until]);
    if (!place) throw new Error('a step reaches a place');
    return place;
  }
}
