import { Module } from '@nestjs/common';
import { ListsModule } from '../lists/index.js';
import { AudiencePurgeSchedule } from './audience-purge.schedule.js';
import { AudienceStore } from './audience-store.js';
import { AudienceUses } from './audience-uses.js';
import { CreateAudienceHandler, DeleteAudienceHandler, UpdateAudienceHandler } from './audiences.command.js';
import { AudiencesController } from './audiences.controller.js';
import { GetAudienceHandler, ListAudiencesHandler } from './audiences.query.js';
import { RemoveContactHandler } from './contacts.command.js';
import { ContactsController } from './contacts.controller.js';
import { ListContactsHandler } from './contacts.query.js';
import { Contacts } from './contacts.js';
import { ImportContactsHandler } from './imports/import-contacts.command.js';
import { People } from './people.js';
import { PeopleSchedule } from './people.schedule.js';
import { PreviewImportHandler } from './imports/preview-import.command.js';
import { ImportStore } from './imports/import-store.js';
import { ImportsController } from './imports/imports.controller.js';
import { GetImportHandler, ListImportErrorsHandler, ListImportsHandler } from './imports/imports.query.js';

@Module({
  imports: [ListsModule],
  controllers: [AudiencesController, ContactsController, ImportsController],
  providers: [
    AudiencePurgeSchedule,
    AudienceStore,
    AudienceUses,
    Contacts,
    CreateAudienceHandler,
    DeleteAudienceHandler,
    GetAudienceHandler,
    GetImportHandler,
    ImportContactsHandler,
    ImportStore,
    ListAudiencesHandler,
    ListContactsHandler,
    ListImportErrorsHandler,
    ListImportsHandler,
    People,
    PeopleSchedule,
    PreviewImportHandler,
    RemoveContactHandler,
    UpdateAudienceHandler,
  ],
  exports: [AudienceStore, AudienceUses, Contacts, People],
})
export class AudiencesModule {}
