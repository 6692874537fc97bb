/** Sends one batch of messages: decide, call, record. */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { errorLine, isRetryable } from '../../kernel/index.js';
import { Ledger, type ClaimedMessage } from '../../ledger/index.js';
import type { LeasedLane } from '../lanes/leased-lane.js';
import { BudgetGate } from './budget-gate.js';
import { NOT_CALLED } from './not-called.js';
import { Decisions, type Decided } from './decisions.js';
import { refers } from './freshness.js';
import { ProviderCalls, type Ready } from './provider-calls.js';
import { OutcomeRecorder, type Settlement } from './outcome-recorder.js';

/** Two minutes: a database restarts in less. */
const RECORD_RETRIES = 120;
const RECORD_RETRY_MS = 1_000;

const WAITS: readonly Settlement['outcome']['kind'][] = ['waits', 'sender-paused', 'held'];

@Injectable()
export class Sending {
  private readonly logger = new Logger(Sending.name);

  constructor(
    private readonly decisions: Decisions,
    private readonly ledger: Ledger,
    private readonly budgets: BudgetGate,
    private readonly calls: ProviderCalls,
    private readonly outcomes: OutcomeRecorder,
  ) {}

  /** Gives every claimed message an outcome, and records them all. Rejects only after everything begun has ended. */
  async send(lane: LeasedLane, claimed: readonly ClaimedMessage[]): Promise<void> {
    const results = await Promise.allSettled(apart(claimed).map((part) => this.sendPart(lane, part)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async sendPart(lane: LeasedLane, claimed: readonly ClaimedMessage[]): Promise<void> {
    const { ready, stopped } = await this.decideOrPutBack(lane, claimed);
    const called = await this.calls.make(lane, ready);
    await this.record([...stopped, ...called]);
  }

  /** Retries, so that an accepted message is not lost while the database is unavailable. */
  private async record(settlements: readonly Settlement[]): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.outcomes.record(settlements);
        return;
      } catch (error) {
        if (!isRetryable(error) || attempt >= RECORD_RETRIES) throw error;
        await delay(RECORD_RETRY_MS);
      }
    }
  }

  /** Nothing has been sent yet: on any failure here, such as a lost database, all messages are retried later. */
  private async decideOrPutBack(lane: LeasedLane, claimed: readonly ClaimedMessage[]): Promise<Decided> {
    try {
      const { ready, stopped } = await this.decisions.decide(lane.row.provider, claimed);
      // What waits for the host, for its sender or for its hour uses up none of the lane's rate.
      for (const { message, outcome } of stopped) if (WAITS.includes(outcome.kind)) lane.budget.owe(-message.segments);
      return { stopped, ready: await this.budgets.pass(lane, await this.correct(lane, ready)) };
    } catch (error) {
      this.logger.error(`A batch was put back before the call: ${errorLine(error)}`);
      return { ready: [], stopped: claimed.map((message) => ({ message, outcome: NOT_CALLED })) };
    }
  }

  /**
   * A campaign's messages are accepted before they are rendered, and pictures are judged as they are now: billable segments, and
   * which MMS is a text, are known only now. Answers the messages as they are now recorded.
   */
  private async correct(lane: LeasedLane, ready: readonly Ready[]): Promise<Ready[]> {
    const isText = ({ message, envelope }: Ready): boolean => envelope.channel !== message.channel;
    const isResized = ({ message, segments }: Ready): boolean => segments !== message.segments;
    await this.ledger.becomeTexts(ready.filter(isText).map(sizeOf));
    await this.ledger.resize(ready.filter((one) => isResized(one) && !isText(one)).map(sizeOf));
    lane.budget.owe(ready.reduce((sum, { message, segments }) => sum + segments - message.segments, 0));
    return ready.map((one) =>
      isText(one) ? { ...one, message: { ...one.message, channel: one.envelope.channel } } : one,
    );
  }
}

/** What refers to the host's data is sent apart from what does not, and so need not wait for the host. */
const apart = (claimed: readonly ClaimedMessage[]): readonly (readonly ClaimedMessage[])[] =>
  [claimed.filter((message) => !refers(message)), claimed.filter(refers)]
    .filter(({ length }) => length > 0)
    .flatMap(apartByTenant);

/** Where there are pictures, tenants are sent apart: nobody waits for the host of another's. */
const apartByTenant = (claimed: readonly ClaimedMessage[]): readonly (readonly ClaimedMessage[])[] =>
  claimed.some(({ channel }) => channel === 'mms')
    ? [...Map.groupBy(claimed, ({ tenant_id: tenantId }) => tenantId).values()]
    : [claimed];

const sizeOf = ({ message, segments }: Ready): { id: string; segments: number } => ({ id: message.id, segments });
