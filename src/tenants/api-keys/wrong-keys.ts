/** Counts wrong keys by who sends them, in all processes together: whoever guesses is told to stop, and costs next to nothing. */
import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  Database,
  errorLine,
  Metrics,
  SparingLogger,
  subscriberOf,
  TooManyWrongKeys,
  type EventCount,
} from '../../kernel/index.js';

/** So many within a minute are a program that guesses, and no mistake. */
export const MOST_IN_A_MINUTE = 20;
const REFUSED_SECONDS = 300;
/** Callers that are remembered in this process. */
const REMEMBERED = 10_000;

@Injectable()
export class WrongKeys {
  private readonly logger = new SparingLogger(new Logger(WrongKeys.name));
  /** Until when each is refused, in milliseconds since 1970. */
  private readonly refused = new LRUCache<string, number>({ max: REMEMBERED });
  private readonly wrong: EventCount<never>;

  constructor(
    private readonly database: Database,
    metrics: Metrics,
  ) {
    this.wrong = metrics.counter({
      name: 'callboard.wrong_keys_total',
      help: 'Requests with an API key that is not known, or no longer',
    });
  }

  /**
   * Counts one. Raises TooManyWrongKeys if it is one too many, here or in another process, and for whoever is refused. What the database does not take is
   * not counted. A known key is taken from everybody: who shares an address with others is not stopped by them.
   */
  async add(address: string): Promise<void> {
    const subscriber = subscriberOf(address);
    const until = this.refused.get(subscriber);
    if (until !== undefined && until > Date.now()) throw new TooManyWrongKeys(Math.ceil((until - Date.now()) / 1_000));
    this.wrong.add({});
    const seconds = await this.count(subscriber);
    if (seconds === null) return;
    this.refused.set(subscriber, Date.now() + seconds * 1_000);
    throw new TooManyWrongKeys(Math.ceil(seconds));
  }

  /** Forgets those of whom nothing counts any more. */
  async purge(): Promise<void> {
    await this.database.query(
      `delete from wrong_key where since < now() - interval '1 hour' and coalesce(refused_until, since) < now()`,
    );
  }

  /** For how many seconds this caller is refused, if it is. */
  private async count(subscriber: string): Promise<number | null> {
    try {
      const [row] = await this.database.query<{ seconds: number | null }>(
        `insert into wrong_key as known (subscriber, failures, since) values ($1, 1, clock_timestamp())
         on conflict (subscriber) do update set
           failures = case when known.since > clock_timestamp() - interval '1 minute' then known.failures + 1 else 1 end,
           since = case when known.since > clock_timestamp() - interval '1 minute' then known.since else clock_timestamp() end,
           refused_until = case
             when known.refused_until > clock_timestamp() then known.refused_until
             when known.since > clock_timestamp() - interval '1 minute' and known.failures >= $2
               then clock_timestamp() + make_interval(secs => $3) end
         returning extract(epoch from refused_until - clock_timestamp())::float8 as seconds`,
        [subscriber, MOST_IN_A_MINUTE, REFUSED_SECONDS],
      );
      return row?.seconds ?? null;
    } catch (error) {
      this.logger.warn(`A wrong key was not counted: ${errorLine(error)}`);
      return null;
    }
  }
}
