import { Module } from '@nestjs/common';
import { Doubts } from './doubts.js';
import { Ledger } from './ledger.js';
import { MessageHistory } from './message-history.js';
import { MonthsSchedule } from './months.schedule.js';
import { PendingQueue } from './pending-queue.js';
import { Tallies } from './tallies.js';
import { Transitions } from './transitions.js';

@Module({
  providers: [Doubts, Ledger, MessageHistory, MonthsSchedule, PendingQueue, Tallies, Transitions],
  exports: [Doubts, Ledger, MessageHistory, PendingQueue, Tallies, Transitions],
})
export class LedgerModule {}
