import { Module } from '@nestjs/common';
import { AutomationsModule } from '../automations/index.js';
import { DispatchModule } from '../dispatch/index.js';
import { LedgerModule } from '../ledger/index.js';
import { WebhooksModule } from '../webhooks/index.js';
import { OperationsController } from './operations.controller.js';
import { Filters } from './filters.js';
import { ListAuditHandler } from './list-audit.query.js';
import { ListDoubtsHandler } from './list-doubts.query.js';
import { GetOverviewHandler } from './get-overview.query.js';
import { PlatformState } from './platform-state.js';
import { ResendManyHandler } from './resend-many.command.js';
import { SettleDoubtHandler, SettleDoubtsHandler } from './settle-doubts.command.js';
import { Settlements } from './settlements.js';
import { GiveUpWaitingHandler, RetryWaitingHandler } from './waiting.command.js';

@Module({
  imports: [AutomationsModule, DispatchModule, LedgerModule, WebhooksModule],
  controllers: [OperationsController],
  providers: [
    GetOverviewHandler,
    ListDoubtsHandler,
    ListAuditHandler,
    SettleDoubtHandler,
    SettleDoubtsHandler,
    RetryWaitingHandler,
    GiveUpWaitingHandler,
    ResendManyHandler,
    Filters,
    PlatformState,
    Settlements,
  ],
})
export class OperationsModule {}
