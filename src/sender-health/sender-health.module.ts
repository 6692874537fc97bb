import { Module, type DynamicModule } from '@nestjs/common';
import { DispatchModule } from '../dispatch/index.js';
import { LedgerModule } from '../ledger/index.js';
import { NotifyOfSendersHandler } from './notify-of-senders.command.js';
import { ResumeSenderHandler } from './resume-sender.command.js';
import { SenderChecks, SenderResumption } from './sender-checks.js';
import { SENDER_HEALTH, type SenderHealthConfig } from './sender-health-config.js';
import { SenderHealthConsumer } from './sender-health.consumer.js';
import { SenderHealthController } from './sender-health.controller.js';
import { GetSendersHealthHandler, ListSenderPausesHandler } from './sender-health.query.js';
import { SenderHealthSchedule } from './sender-health.schedule.js';
import { SenderNotices } from './sender-notices.js';
import { SenderVolumes } from './sender-volumes.js';
import { SenderWatches } from './sender-watches.js';

@Module({})
export class SenderHealthModule {
  static forRoot({ senderHealth }: SenderHealthConfig): DynamicModule {
    return {
      module: SenderHealthModule,
      imports: [DispatchModule, LedgerModule],
      controllers: [SenderHealthController],
      providers: [
        { provide: SENDER_HEALTH, useValue: senderHealth },
        SenderChecks,
        SenderHealthConsumer,
        SenderHealthSchedule,
        SenderNotices,
        SenderResumption,
        SenderVolumes,
        SenderWatches,
        GetSendersHealthHandler,
        ListSenderPausesHandler,
        NotifyOfSendersHandler,
        ResumeSenderHandler,
      ],
    };
  }
}
