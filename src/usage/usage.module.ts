import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/index.js';
import { GetUsageHandler } from './get-usage.query.js';
import { UsageConsumer } from './usage.consumer.js';
import { UsageController } from './usage.controller.js';

@Module({ imports: [LedgerModule], controllers: [UsageController], providers: [GetUsageHandler, UsageConsumer] })
export class UsageModule {}
