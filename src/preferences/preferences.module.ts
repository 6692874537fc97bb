import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/index.js';
import { ChangePreferencesHandler, LeaveMarketingHandler } from './change-preferences.command.js';
import { PreferencesController } from './preferences.controller.js';

/** What people say that they want to get, by the links in messages. */
@Module({
  imports: [LedgerModule],
  controllers: [PreferencesController],
  providers: [ChangePreferencesHandler, LeaveMarketingHandler],
})
export class PreferencesModule {}
