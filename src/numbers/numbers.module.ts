import { Module } from '@nestjs/common';
import { AdvanceNumbersHandler } from './advance-numbers.command.js';
import { AwaitedNumbers } from './awaited-numbers.js';
import { NumberAssignment } from './number-assignment.js';
import { NumberDesks } from './number-desks.js';
import { NumberReader } from './number-reader.js';
import { NumberSteps } from './number-steps.js';
import { NumbersController } from './numbers.controller.js';
import { NumbersSchedule } from './numbers.schedule.js';
import { OrderNumberHandler } from './order-number.command.js';
import { PhoneNumbers } from './phone-numbers.js';
import { GetNumberHandler, ListNumbersHandler, SearchNumbersHandler } from './read-numbers.query.js';
import { ReleaseNumberHandler } from './release-number.command.js';
import { NumberCheck, VerifyNumberHandler, VerifyNumbersHandler } from './verify-number.command.js';

@Module({
  controllers: [NumbersController],
  providers: [
    AdvanceNumbersHandler,
    GetNumberHandler,
    ListNumbersHandler,
    OrderNumberHandler,
    ReleaseNumberHandler,
    SearchNumbersHandler,
    VerifyNumberHandler,
    VerifyNumbersHandler,
    AwaitedNumbers,
    NumberAssignment,
    NumberCheck,
    NumberDesks,
    NumberReader,
    NumberSteps,
    NumbersSchedule,
    PhoneNumbers,
  ],
  exports: [AwaitedNumbers],
})
export class NumbersModule {}
