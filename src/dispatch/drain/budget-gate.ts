/** The last check before the calls of a batch: what the hard budgets of its tenants and campaigns have room for. */
import { Injectable } from '@nestjs/common';
import { Budgets, type Outgoing } from '../../billing/index.js';
import { Database } from '../../kernel/index.js';
import type { ClaimedMessage } from '../../ledger/index.js';
import { CampaignThrottles } from '../lanes/campaign-throttles.js';
import type { LeasedLane } from '../lanes/leased-lane.js';
import { OutcomeRecorder } from './outcome-recorder.js';
import type { Ready } from './provider-calls.js';

/** A message that waits is tried when there is room again. Nothing else is waited for, so this is for what nobody thought of. */
const LOOK_AGAIN_MS = 24 * 3_600_000;

@Injectable()
export class BudgetGate {
  constructor(
    private readonly database: Database,
    private readonly budgets: Budgets,
    private readonly throttles: CampaignThrottles,
    private readonly outcomes: OutcomeRecorder,
  ) {}

  /**
   * Answers the messages that may be sent. The others are put back, and wait for a budget; their campaigns are held. All of it is
   * committed at once: what is freed afterwards finds them waiting.
   */
  async pass(lane: LeasedLane, ready: readonly Ready[]): Promise<readonly Ready[]> {
    const outgoing = ready.map((one) => outgoingOf(lane, one));
    if (!(await this.budgets.concern(outgoing))) return ready;
    const over = await this.database.transaction(async () => {
      const ids = await this.budgets.reserve(outgoing);
      const stopped = ready.filter(({ message }) => ids.has(message.id));
      await this.putBack(stopped);
      return stopped;
    });
    for (const { segments } of over) lane.budget.owe(-segments); // what waits uses up none of the lane's rate
    return ready.filter((one) => !over.includes(one));
  }

  private async putBack(stopped: readonly Ready[]): Promise<void> {
    const byTenant = Map.groupBy(stopped, ({ message }) => message.tenant_id);
    for (const [tenantId, ofOne] of byTenant) {
      const campaignIds = new Set(ofOne.flatMap(({ message }) => campaignOf(message) ?? []));
      const held = await this.throttles.holdOverBudget(tenantId, [...campaignIds]);
      await this.outcomes.record(
        ofOne.map(({ message }) => ({
          message,
          outcome: {
            kind: 'over-budget',
            retryInMs: held.has(campaignOf(message) ?? '') ? 0 : waitOf(message.expires_at),
          },
        })),
      );
    }
  }
}

/** Until it expires at the latest: that ends it. */
const waitOf = (expiresAt: string | null): number =>
  expiresAt === null ? LOOK_AGAIN_MS : Math.min(LOOK_AGAIN_MS, Math.max(0, Date.parse(expiresAt) - Date.now()));

/** With which it is held. */
const campaignOf = ({ campaign_id: own, root_campaign_id: root }: ClaimedMessage): string | null => own ?? root;

const outgoingOf = ({ row }: LeasedLane, { message, segments }: Ready): Outgoing => ({
  id: message.id,
  tenantId: message.tenant_id,
  campaignId: campaignOf(message),
  channel: message.channel,
  category: message.category,
  recipient: message.recipient,
  sender: message.sender_address,
  segments,
  templateVersionId: message.template_version_id,
  provider: row.provider,
  providerAccountId: row.provider_account_id,
});
