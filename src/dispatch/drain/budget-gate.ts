/** The last check before the calls of a batch: what the hard budgets of its tenants and campaigns, and its tenants' daily caps, have room for. */
import { Injectable } from '@nestjs/common';
import { Budgets, DailyCaps, type Countable, type HeldCaps, type Outgoing } from '../../billing/index.js';
import { Database } from '../../kernel/index.js';
import { consentChannel } from '../../tenants/index.js';
import { CampaignThrottles, type Hindrance } from '../lanes/campaign-throttles.js';
import type { LeasedLane } from '../lanes/leased-lane.js';
import { campaignOf, heldFor } from './held-messages.js';
import { OutcomeRecorder } from './outcome-recorder.js';
import type { Ready } from './provider-calls.js';

@Injectable()
export class BudgetGate {
  constructor(
    private readonly database: Database,
    private readonly budgets: Budgets,
    private readonly caps: DailyCaps,
    private readonly throttles: CampaignThrottles,
    private readonly outcomes: OutcomeRecorder,
  ) {}

  /**
   * Answers the messages that may be sent. The others are put back, and wait for a budget or a daily cap; their campaigns are held. All of it is
   * committed at once: what is freed afterwards finds them waiting.
   */
  async pass(lane: LeasedLane, ready: readonly Ready[]): Promise<readonly Ready[]> {
    const outgoing = ready.map((one) => outgoingOf(lane, one));
    const concerns = {
      budgets: await this.budgets.concern(outgoing),
      caps: await this.caps.concern(outgoing.map(({ tenantId }) => tenantId)),
    };
    if (!concerns.budgets && !concerns.caps) return ready;
    const over = await this.database.transaction(async () => {
      const countable = ready.map(countableOf);
      const held = concerns.caps ? await this.caps.hold(countable) : NO_CAPS;
      const within = outgoing.filter(({ id }) => !held.beyond.has(id));
      const broke = concerns.budgets ? await this.budgets.reserve(within) : new Set<string>();
      await held.count(countable.filter(({ id }) => !held.beyond.has(id) && !broke.has(id)));
      const capped = ready.filter(({ message }) => held.beyond.has(message.id));
      const stopped = ready.filter(({ message }) => broke.has(message.id));
      await this.putBack(capped, 'over_daily_cap');
      await this.putBack(stopped, 'over_budget');
      return [...capped, ...stopped];
    });
    for (const { segments } of over) lane.budget.owe(-segments); // what waits uses up none of the lane's rate
    return ready.filter((one) => !over.includes(one));
  }

  private async putBack(stopped: readonly Ready[], reason: Hindrance): Promise<void> {
    const byTenant = Map.groupBy(stopped, ({ message }) => message.tenant_id);
    for (const [tenantId, ofOne] of byTenant) {
      const campaignIds = new Set(ofOne.flatMap(({ message }) => campaignOf(message) ?? []));
      const held = await this.throttles.holdFor(reason, tenantId, [...campaignIds]);
      await this.outcomes.record(
        ofOne.map(({ message }) => ({
          message,
          outcome: { kind: 'held', reason, retryInMs: heldFor(message, held) },
        })),
      );
    }
  }
}

const NO_CAPS: HeldCaps = { beyond: new Set(), count: () => Promise.resolve() };

const countableOf = ({ message }: Ready): Countable => ({
  id: message.id,
  tenantId: message.tenant_id,
  channel: consentChannel(message.channel),
  category: message.category,
  wasTried: message.first_attempt_at !== null,
});

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
