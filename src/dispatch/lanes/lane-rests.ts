/** Lanes that rest: kept in their rows, so that every process heeds them, and told to whoever runs the service. */
import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { Outcome } from '../../providers/index.js';
import type { LaneLease } from './lane.lease.js';
import { healthAfter, type LaneHealth, type Rest } from './lane.rest.js';

@Injectable()
export class LaneRests {
  private readonly logger = new Logger(LaneRests.name);

  constructor(private readonly database: Database) {}

  /**
   * Heeds what a lane's calls came to: at once for the drain that has it, and then for all. While it rests, further bad answers
   * to calls that were under way already change nothing. Never rejects.
   */
  async heed(lease: LaneLease, outcomes: readonly Outcome[]): Promise<void> {
    if (outcomes.length === 0 || lease.restMs > 0) return;
    const before = lease.health;
    const { health, rest } = healthAfter(before, outcomes, Math.random());
    lease.fares(health, rest?.ms);
    if (!rest && isSame(before, health)) return;
    try {
      await this.keep(lease, health, rest);
    } catch (error) {
      this.logger.warn(`A lane's rest was not written down: ${error instanceof Error ? error.name : 'unknown error'}`);
    }
    if (rest) this.tell(lease, rest);
  }

  /** Lets a lane, or all of an account, be tried at once as if they had never rested. False when there is none. */
  async end(which: 'id' | 'provider_account_id', id: string): Promise<boolean> {
    const ended = await this.database.query(
      `update lane set rest_until = '-infinity', rests = 0, setbacks = 0, rest_reason = null, rest_code = null
       where ${which} = $1 returning id`,
      [id],
    );
    return ended.length > 0;
  }

  /** An account that is closed or out of funds is so for all its lanes. */
  private async keep({ lane }: LaneLease, { rests, setbacks, reason, code }: LaneHealth, rest?: Rest): Promise<void> {
    const [which, id] =
      rest?.reason === 'account' ? ['provider_account_id', lane.provider_account_id] : ['id', lane.id];
    await this.database.query(
      `update lane set rests = $2, setbacks = $3, rest_reason = $4, rest_code = $5,
         rest_until = case when $6::float8 is null then rest_until else clock_timestamp() + make_interval(secs => $6 / 1000) end
       where ${which} = $1`,
      [id, rests, setbacks, reason, code, rest?.ms ?? null],
    );
  }

  private tell({ lane }: LaneLease, { reason, code, ms }: Rest): void {
    const told = `The lane ${lane.id} of ${lane.provider} rests for ${Math.ceil(ms / 1_000)} s: ${reason}, ${code}`;
    if (reason === 'config' || reason === 'account') this.logger.error(told);
    else this.logger.warn(told);
  }
}

const isSame = (one: LaneHealth, other: LaneHealth): boolean =>
  one.rests === other.rests && one.setbacks === other.setbacks && one.reason === other.reason;
