/** The lanes' circuit breakers: stored in the lanes' rows, so that they apply to every process, and logged when they open. */
import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database, errorLine, SparingLogger } from '../../kernel/index.js';
import type { LaneRow, LeasedLane } from './leased-lane.js';
import { breakerAfter, isRefused, type Answer, type BreakerState, type Opening } from './circuit-breaker.rules.js';

/** Lanes whose odd recipients are remembered. */
const MOST_LANES = 10_000;

@Injectable()
export class CircuitBreakers {
  private readonly logger = new Logger(CircuitBreakers.name);
  private readonly sparing = new SparingLogger(this.logger);
  /** By lane, those known as odd; addresses stay in memory. */
  private readonly odd = new LRUCache<string, readonly string[]>({ max: MOST_LANES });

  constructor(private readonly database: Database) {}

  /**
   * Applies the outcomes of a lane's calls: at once for the drain that holds the lane, then in the database for all. While the
   * breaker is open, further failures of calls in flight change nothing. Never rejects.
   */
  async record({ row, breaker }: LeasedLane, answers: readonly Answer[]): Promise<void> {
    if (answers.length === 0 || breaker.openMs > 0) return;
    const before = { ...breaker.state, odd: this.odd.get(row.id) ?? [] };
    const { breaker: after, opening } = breakerAfter(before, answers, Math.random());
    breaker.set(after, opening?.ms);
    if (after.odd.length > 0) this.odd.set(row.id, after.odd);
    if (!opening && isSame(before, after)) return;
    try {
      await this.keep(row, after, opening);
    } catch (error) {
      this.logger.warn(`A circuit breaker was not written down: ${errorLine(error)}`);
    }
    if (opening) this.report(row, opening);
    else if (before.rests > 0 && after.rests === 0) {
      this.sparing.say('log', `The circuit breaker of lane ${row.id} at ${row.provider} is closed again`);
    }
  }

  /** Whether the lane itself is refused: then an unlisted refusal is not its message's fault. */
  isRefused({ breaker }: LeasedLane): boolean {
    return isRefused(breaker.state);
  }

  /** Closes the breaker of a lane, or of all lanes of an account. False if there is none. */
  async close(which: 'id' | 'provider_account_id', id: string): Promise<boolean> {
    const ended = await this.database.query(
      `update lane set rest_until = '-infinity', rests = 0, setbacks = 0, rest_reason = null, rest_code = null
       where ${which} = $1 returning id`,
      [id],
    );
    return ended.length > 0;
  }

  /** An account that is closed or out of funds opens the breakers of all its lanes. */
  private async keep(lane: LaneRow, { rests, setbacks, reason, code }: BreakerState, opening?: Opening): Promise<void> {
    const [which, id] =
      opening?.reason === 'account' ? ['provider_account_id', lane.provider_account_id] : ['id', lane.id];
    await this.database.query(
      `update lane set rests = $2, setbacks = $3, rest_reason = $4, rest_code = $5,
         rest_until = case when $6::float8 is null then rest_until else clock_timestamp() + make_interval(secs => $6 / 1000) end
       where ${which} = $1`,
      [id, rests, setbacks, reason, code, opening?.ms ?? null],
    );
  }

  private report(lane: LaneRow, { reason, code, ms }: Opening): void {
    const report = `The circuit breaker of lane ${lane.id} at ${lane.provider} is open for ${Math.ceil(ms / 1_000)} s: ${reason}, ${code}`;
    const level = reason === 'config' || reason === 'account' ? 'error' : 'warn';
    this.sparing.say(level, report, `${lane.id} ${reason} ${code}`);
  }
}

const isSame = (one: BreakerState, other: BreakerState): boolean =>
  one.rests === other.rests && one.setbacks === other.setbacks && one.reason === other.reason;
