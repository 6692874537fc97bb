import { Module } from '@nestjs/common';
import { AutomationsModule } from '../automations/index.js';
import { DispatchModule } from '../dispatch/index.js';
import { LedgerModule } from '../ledger/index.js';
import { WebhooksModule } from '../webhooks/index.js';
import { AuditController } from './audit.controller.js';
import { OperationsController } from './operations.controller.js';
import { EndingKeysSchedule } from './ending-keys.schedule.js';
import { EnsureMonthsHandler } from './ensure-months.command.js';
import { Filters } from './filters.js';
import { ExportAuditHandler } from './export-audit.query.js';
import { ListAuditHandler } from './list-audit.query.js';
import { ListAuditHeadsHandler } from './list-audit-heads.query.js';
import { ListDoubtsHandler } from './list-doubts.query.js';
import { ListMonthsHandler } from './list-months.query.js';
import { MonthsController } from './months.controller.js';
import { GetOverviewHandler } from './get-overview.query.js';
import { PlatformState } from './platform-state.js';
import { ResendManyHandler } from './resend-many.command.js';
import { SettleDoubtHandler, SettleDoubtsHandler } from './settle-doubts.command.js';
import { Settlements } from './settlements.js';
import { GiveUpWaitingHandler, RetryWaitingHandler } from './waiting.command.js';

@Module({
  imports: [AutomationsModule, DispatchModule, LedgerModule, WebhooksModule],
  controllers: [OperationsController, AuditController, MonthsController],
  providers: [
    GetOverviewHandler,
    ListDoubtsHandler,
    ListAuditHandler,
    ListAuditHeadsHandler,
    ExportAuditHandler,
    ListMonthsHandler,
    EnsureMonthsHandler,
    EndingKeysSchedule,
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
