/**
 * Counts requests by the minute, in all processes together. A process counts in memory and shares what it has counted once a second, sooner when much has come: so
 * no request waits for a statement, and a limit is exceeded by no more than what the others take in that time.
 */
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '../postgres/database.js';
import { errorLine } from '../postgres/error-line.js';
import { unconfined } from '../postgres/tenant-scope.js';
import { SparingLogger } from '../logging/sparing-logger.js';
import { Scheduled } from '../queue/scheduled.js';

export const WINDOW_SECONDS = 60;
const WINDOW_MS = WINDOW_SECONDS * 1_000;
const SHARED_EVERY_MS = 1_000;
const SHARED_SOON_MS = 50;
/** A share of the limit that the other processes should know of soon. */
const MUCH = 0.02;
/** Rows of one statement. */
const MOST_ROWS = 1_000;
/** Whoever calls from that many addresses in a minute is not counted by them. */
const MOST_COUNTED = 100_000;

interface Count {
  /** Of all processes, when it was last shared. */
  known: number;
  /** Of this process, since then. */
  unshared: number;
  /** Of this process, on their way. */
  sharing: number;
}

export interface Taken {
  readonly isOver: boolean;
  /** How many more are allowed in this minute. */
  readonly left: number;
  /** When the next minute begins. */
  readonly resetSeconds: number;
}

@Injectable()
export class RequestCounts implements OnApplicationShutdown {
  private readonly logger = new SparingLogger(new Logger(RequestCounts.name));
  private counts = new Map<string, Count>();
  private minute = 0;
  private timer: { readonly soon: boolean; readonly handle: NodeJS.Timeout } | undefined;
  private isSharing = false;

  constructor(private readonly database: Database) {}

  /** Counts one request, unless it is one too many. */
  take(subject: string, limit: number): Taken {
    const now = Date.now();
    const minute = Math.floor(now / WINDOW_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.counts = new Map(); // what was not shared of the last one concerns nobody any more
    }
    const resetSeconds = Math.ceil(((minute + 1) * WINDOW_MS - now) / 1_000);
    const count = this.counts.get(subject) ?? { known: 0, unshared: 0, sharing: 0 };
    const left = limit - count.known - count.sharing - count.unshared;
    if (left <= 0) return { isOver: true, left: 0, resetSeconds };
    if (this.counts.size < MOST_COUNTED) this.counts.set(subject, count);
    count.unshared += 1;
    this.shareWithin(count.unshared >= limit * MUCH ? SHARED_SOON_MS : SHARED_EVERY_MS);
    return { isOver: false, left: left - 1, resetSeconds };
  }

  @Scheduled({ name: 'purge-request-counts', everyMs: 600_000 })
  async purge(): Promise<void> {
    const minute = Math.floor(Date.now() / WINDOW_MS);
    await this.database.query('delete from request_count where minute < $1', [minute - 5]);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer?.handle);
  }

  private shareWithin(ms: number): void {
    const soon = ms === SHARED_SOON_MS;
    if (this.isSharing || (this.timer && (this.timer.soon || !soon))) return;
    clearTimeout(this.timer?.handle);
    this.timer = { soon, handle: setTimeout(() => void this.share(), ms).unref() };
  }

  private async share(): Promise<void> {
    this.timer = undefined;
    this.isSharing = true;
    const { minute, counts } = this;
    // In one order in all processes: two statements never wait for each other.
    const news = [...counts]
      .filter(([, { unshared }]) => unshared > 0)
      .toSorted(([one], [other]) => (one < other ? -1 : 1));
    for (let start = 0; start < news.length; start += MOST_ROWS) {
      await this.shareSome(minute, new Map(news.slice(start, start + MOST_ROWS)));
    }
    this.isSharing = false;
    if ([...this.counts.values()].some(({ unshared }) => unshared > 0)) this.shareWithin(SHARED_EVERY_MS);
  }

  private async shareSome(minute: number, news: ReadonlyMap<string, Count>): Promise<void> {
    for (const count of news.values()) [count.sharing, count.unshared] = [count.unshared, 0];
    try {
      const rows = await unconfined(() =>
        this.database.apart<{ subject: string; requests: number }>(
          `insert into request_count as known (subject, minute, requests)
           select subject, $2, requests from unnest($1::text[], $3::int[]) as news (subject, requests)
           on conflict (subject, minute) do update set requests = known.requests + excluded.requests
           returning subject, requests`,
          [[...news.keys()], minute, [...news.values()].map(({ sharing }) => sharing)],
        ),
      );
      for (const { subject, requests } of rows) {
        const count = news.get(subject);
        if (count) [count.known, count.sharing] = [requests, 0];
      }
    } catch (error) {
      this.logger.warn(`Requests were not counted together with those of other processes: ${errorLine(error)}`);
      for (const count of news.values()) [count.unshared, count.sharing] = [count.unshared + count.sharing, 0];
    }
  }
}
