import { Module } from '@nestjs/common';
import { Ledger } from './ledger.js';
import { MonthsSchedule } from './months.schedule.js';
import { Tallies } from './tallies.js';
import { Transitions } from './transitions.js';

@Module({ providers: [Ledger, MonthsSchedule, Tallies, Transitions], exports: [Ledger, Tallies, Transitions] })
export class LedgerModule {}
