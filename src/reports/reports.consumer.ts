/** Adds new events to the sums of reports that usage does not have, in the batch's transaction: exactly once. */
import { Injectable } from '@nestjs/common';
import { EventConsumer, type EventBatch } from '../ledger/index.js';
import { ReportSums } from './report-sums.js';

@Injectable()
export class ReportsConsumer extends EventConsumer {
  readonly name = 'reports';
  override readonly gatherMs = 5_000;

  constructor(private readonly sums: ReportSums) {
    super();
  }

  consume(batch: EventBatch): Promise<void> {
    return this.sums.add(batch);
  }
}
