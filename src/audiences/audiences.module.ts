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
import { SegmentStore } from './segments/segment-store.js';
import { CreateSegmentHandler, DeleteSegmentHandler, UpdateSegmentHandler } from './segments/segments.command.js';
import { SegmentsController } from './segments/segments.controller.js';
import { GetSegmentHandler, ListSegmentsHandler, PreviewSegmentHandler } from './segments/segments.query.js';
import { Segments } from './segments/segments.js';

@Module({
  imports: [ListsModule],
  controllers: [AudiencesController, ContactsController, ImportsController, SegmentsController],
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
    CreateSegmentHandler,
    DeleteSegmentHandler,
    GetSegmentHandler,
    ListSegmentsHandler,
    PreviewSegmentHandler,
    Segments,
    SegmentStore,
    UpdateSegmentHandler,
  ],
  exports: [AudienceStore, AudienceUses, Contacts, People, Segments, SegmentStore],
})
export class AudiencesModule {}
