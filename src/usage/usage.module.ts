import { Module } from '@nestjs/common';
import { GetUsageHandler } from './get-usage.query.js';
import { RollUpUsageHandler } from './roll-up-usage.command.js';
import { RollUpSchedule } from './roll-up.schedule.js';
import { UsageController } from './usage.controller.js';

@Module({ controllers: [UsageController], providers: [GetUsageHandler, RollUpUsageHandler, RollUpSchedule] })
export class UsageModule {}
