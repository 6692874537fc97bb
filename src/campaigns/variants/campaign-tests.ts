/** Tests of variants that are under way: when they end, who wins, and that the rest goes. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { CampaignQueue } from '../campaign.queue.js';
import { BEGIN_TESTS, DUE_TESTS, START_REST, VARIANTS } from './variants.sql.js';
import { verdictOf, type Figures, type Metric, type Verdict } from './winner.rules.js';

interface Due {
  readonly id: string;
  readonly metric: Metric;
  readonly minimum: number;
  readonly is_expired: boolean;
}

interface Counted {
  readonly place: number;
  readonly delivered: number;
  readonly opened: number;
  readonly clicked: number;
}

@Injectable()
export class CampaignTests {
  constructor(
    private readonly database: Database,
    private readonly queue: CampaignQueue,
  ) {}

  /** One look at all of them. Any number of processes may look at once. */
  async look(): Promise<void> {
    await this.database.query(BEGIN_TESTS);
    for (const due of await this.database.query<Due>(DUE_TESTS)) await this.decide(due.id, await this.verdict(due));
    for (const { id } of await this.database.query<{ id: string }>(START_REST)) this.queue.wake(id);
  }

  /** The first decision stands. False if there is one already. */
  async decide(
    id: string,
    { winner, reason, confidencePercent }: Verdict,
    decidedBy: string | null = null,
  ): Promise<boolean> {
    const decided = await this.database.query(
      `update campaign_test set winner = $2, reason = $3, confidence_percent = $4, decided_by = $5, decided_at = now()
       where campaign_id = $1 and winner is null returning campaign_id`,
      [id, winner, reason, confidencePercent, decidedBy],
    );
    return decided.length > 0;
  }

  private async verdict({ id, metric, minimum, is_expired: isExpired }: Due): Promise<Verdict> {
    const counted = await this.database.query<Counted>(
      `select variant.* from campaign, lateral (${VARIANTS}) as variant where campaign.id = $1 order by place`,
      [id],
    );
    const figures = counted.map(({ place, delivered, opened, clicked }): Figures => ({
      place,
      delivered,
      engaged: metric === 'opens' ? opened : clicked,
    }));
    const verdict = verdictOf(figures, metric, minimum);
    return isExpired ? { ...verdict, reason: 'expired', confidencePercent: null } : verdict;
  }
}
