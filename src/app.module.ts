/** The root module: all modules at a glance. */
import { Module, type DynamicModule } from '@nestjs/common';
import { AlertsModule } from './alerts/index.js';
import type { AppConfig } from './app.config.js';
import { databaseParts } from './app.database.js';
import { FrontPageController } from './app.front-page.controller.js';
import { sandboxModules } from './app.sandbox.js';
import { SECTIONS } from './app.sections.js';
import { AutomationsModule, ServiceBusModule } from './automations/index.js';
import { AudiencesModule } from './audiences/index.js';
import { BillingModule } from './billing/index.js';
import { CampaignsModule } from './campaigns/index.js';
import { ConsentModule } from './consent/index.js';
import { ConversationsModule } from './conversations/index.js';
import { HostDataModule } from './host-data/index.js';
import { OperationsModule } from './operations/index.js';
import { DispatchModule } from './dispatch/index.js';
import { FilesModule } from './files/index.js';
import { LedgerModule } from './ledger/index.js';
import { API_SECTIONS, API_WEBHOOKS, KernelModule } from './kernel/index.js';
import { LinksModule } from './links/index.js';
import { NoticesModule } from './notices/index.js';
import { NumbersModule } from './numbers/index.js';
import { OptInsModule } from './opt-ins/index.js';
import { EVENT_WEBHOOKS, OutboundModule } from './outbound/index.js';
import { PreferencesModule } from './preferences/index.js';
import { PrivacyModule } from './privacy/index.js';
import { ProvidersModule } from './providers/index.js';
import { PumpingGuardModule } from './pumping-guard/index.js';
import { SenderHealthModule } from './sender-health/index.js';
import { ReportsModule } from './reports/index.js';
import { TemplatesModule } from './templates/index.js';
import { TenantsModule } from './tenants/index.js';
import { UsersModule } from './users/index.js';
import { VoiceModule } from './voice/index.js';
import { WebhooksModule } from './webhooks/index.js';

@Module({})
export class AppModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: AppModule,
      controllers: [FrontPageController],
      providers: [
        { provide: API_SECTIONS, useValue: SECTIONS },
        { provide: API_WEBHOOKS, useValue: EVENT_WEBHOOKS },
      ],
      imports: [
        KernelModule.forRoot(config, databaseParts),
        ProvidersModule.forRoot(config),
        TenantsModule.forRoot(config),
        UsersModule,
        HostDataModule.forRoot(config),
        NoticesModule.forRoot(config),
        FilesModule.forRoot(config),
        ConsentModule,
        TemplatesModule,
        LedgerModule,
        NumbersModule,
        LinksModule,
        PreferencesModule,
        DispatchModule,
        AudiencesModule,
        CampaignsModule,
        VoiceModule,
        ConversationsModule,
        OptInsModule,
        AutomationsModule,
        ServiceBusModule.forRoot(config),
        WebhooksModule,
        BillingModule,
        ReportsModule,
        OperationsModule,
        OutboundModule,
        PrivacyModule,
        PumpingGuardModule.forRoot(config),
        SenderHealthModule.forRoot(config),
        AlertsModule.forRoot(config),
        ...sandboxModules(config),
      ],
    };
  }
}
