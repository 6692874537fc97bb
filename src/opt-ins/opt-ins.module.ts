import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/index.js';
import { ConfirmByReplyHandler, ConfirmOptInHandler } from './confirm-opt-in.command.js';
import { ConfirmationController } from './confirmation.controller.js';
import { OptInQuestions } from './opt-in-questions.js';
import { OptInRequests } from './opt-in-requests.js';
import { OptInsController } from './opt-ins.controller.js';
import { GetOptInRequestHandler, ListOptInRequestsHandler } from './read-opt-ins.query.js';
import { RequestOptInHandler } from './request-opt-in.command.js';

/** People are asked whether they want to be written to, and confirm it (double opt-in). */
@Module({
  imports: [DispatchModule],
  controllers: [ConfirmationController, OptInsController],
  providers: [
    ConfirmByReplyHandler,
    ConfirmOptInHandler,
    GetOptInRequestHandler,
    ListOptInRequestsHandler,
    RequestOptInHandler,
    OptInQuestions,
    OptInRequests,
  ],
})
export class OptInsModule {}
