/**
 * Adds new events to usage and prices what they say was used, in the batch's transaction: exactly once. One consumer does both, so
 * that a month can be closed between two batches, and its counts and amounts are of the same events. What a message had reserved of a
 * budget ends as it is counted.
 */
import { Injectable } from '@nestjs/common';
import { EventConsumer, type EventBatch } from '../../ledger/index.js';
import { Estimates } from '../amounts/estimates.js';
import { BudgetReservations } from '../budgets/budget-reservations.js';
import { Reratings } from '../reratings/reratings.js';
import { UsageFacts } from './usage-facts.js';
import { UsageRollup } from './usage-rollup.js';

@Injectable()
export class UsageConsumer extends EventConsumer {
  readonly name = 'usage';
  override readonly gatherMs = 5_000;

  constructor(
    private readonly facts: UsageFacts,
    private readonly rollup: UsageRollup,
    private readonly estimates: Estimates,
    private readonly reratings: Reratings,
    private readonly reservations: BudgetReservations,
  ) {
    super();
  }

  async consume(batch: EventBatch): Promise<void> {
    const { events } = batch;
    await this.reservations.settle(events);
    const groups = await this.facts.grouped(batch);
    if (groups.length === 0) return;
    const scopeIds = await this.rollup.add(groups);
    await this.estimates.write(
      groups.flatMap((group, place) => {
        const scopeId = scopeIds[place];
        return group.use && scopeId !== undefined ? [{ group, use: group.use, scopeId }] : [];
      }),
    );
    if (groups.some(({ kind }) => kind === 'priced' || kind === 'measured')) await this.reratings.follow(events);
  }
}
