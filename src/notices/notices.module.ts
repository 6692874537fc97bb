import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DeliverNoticesHandler } from './deliver-notices.command.js';
import { ListNoticesHandler } from './list-notices.query.js';
import { NoticeMail } from './notice-mail.js';
import { NoticePosts } from './notice-posts.js';
import { NoticeSecrets } from './notice-secrets.js';
import { ReplaceNoticeSecretHandler } from './notice-secrets.command.js';
import { GetNoticeSecretHandler } from './notice-secrets.query.js';
import { NoticeStore } from './notice-store.js';
import { TargetChecks } from './target-checks.js';
import { NOTICES, type NoticesConfig } from './notices-config.js';
import { NoticesHealth } from './notices-health.js';
import { NoticesController } from './notices.controller.js';
import { Notices } from './notices.js';
import { NoticesSchedule } from './notices.schedule.js';
import { RedeliverNoticeHandler } from './redeliver-notice.command.js';
import { SignedPosts } from './signed-posts.js';

@Global()
@Module({})
export class NoticesModule {
  static forRoot({ notices }: NoticesConfig): DynamicModule {
    return {
      module: NoticesModule,
      controllers: [NoticesController],
      providers: [
        { provide: NOTICES, useValue: notices },
        DeliverNoticesHandler,
        GetNoticeSecretHandler,
        ListNoticesHandler,
        RedeliverNoticeHandler,
        ReplaceNoticeSecretHandler,
        NoticeMail,
        NoticePosts,
        NoticeSecrets,
        NoticeStore,
        Notices,
        NoticesHealth,
        NoticesSchedule,
        SignedPosts,
        TargetChecks,
      ],
      exports: [Notices, SignedPosts, TargetChecks],
    };
  }
}
