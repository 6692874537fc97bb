/** Looks for months that are due. */
import { Injectable } from '@nestjs/common';
import { Scheduled } from '../../kernel/index.js';
import { DueMonths } from './due-months.js';

@Injectable()
export class StatementsSchedule {
  constructor(private readonly months: DueMonths) {}

  @Scheduled({ name: 'statements', everyMs: 300_000 })
  close(): Promise<void> {
    return this.months.close();
  }
}
