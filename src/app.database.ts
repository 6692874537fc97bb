/** The whole database: the entities and the migrations of all modules. */
import { MikroORM } from '@mikro-orm/postgresql';
import { migrations } from '../migrations/index.js';
import type { OpenDatabase } from './cli/index.js';
import { EVENTS, SHARED_EVENTS } from './automations/index.js';
import { renumberReservations } from './billing/index.js';
import { CAMPAIGNS, campaignEntities } from './campaigns/index.js';
import { consentEntities } from './consent/index.js';
import { LANES } from './dispatch/index.js';
import { isolation } from './app.isolation.js';
import { migrateDirectly, ormOptions, type DatabaseParts } from './kernel/postgres/database.module.js';
import { Database } from './kernel/postgres/database.js';
import { migrate, type Grantees } from './kernel/postgres/migrate.js';
import { grantedRoles } from './kernel/postgres/granted-roles.js';
import { pendingMigrations } from './kernel/postgres/pending-migrations.js';
import { renumberEvents } from './ledger/index.js';
import { templateEntities } from './templates/index.js';
import { tenantEntities } from './tenants/index.js';
import { INBOX } from './webhooks/index.js';

export const databaseParts: DatabaseParts = {
  entities: [...tenantEntities, ...consentEntities, ...templateEntities, ...campaignEntities],
  migrations,
  queues: [LANES, CAMPAIGNS, INBOX, EVENTS, SHARED_EVENTS],
  isolation,
  reports: {
    views: [
      'email_log',
      'whatsapp_log',
      'sms_send_history',
      'communication_campaign',
      'venue_phone_numbers',
      'sms_consent',
    ],
    functions: ['report_status(text)', 'uuidv7_floor(timestamptz)'],
  },
};

/** Connects when it is first asked. */
export async function openDatabase(databaseUrl: string): Promise<OpenDatabase> {
  const orm = await MikroORM.init(ormOptions(databaseUrl, 5, databaseParts));
  return {
    database: new Database(orm),
    pending: () => pendingMigrations(orm),
    grantedRoles: () => grantedRoles(orm, databaseParts.reports),
    grant: (grantees) => migrate(orm, databaseParts, grantees),
    close: () => orm.close(true),
  };
}

/** Migrates the database behind a direct URL to this release, grants the named roles what they need, and disconnects. */
export const migrateDatabase = (directUrl: string, grantees: Grantees = {}): Promise<void> =>
  migrateDirectly(directUrl, databaseParts, grantees);

/** After a logical restore, before anything runs on it: lets every consumer of events go on where it was. */
export async function renumberDatabase(databaseUrl: string): Promise<void> {
  const opened = await openDatabase(databaseUrl);
  const { database } = opened;
  try {
    await database.transaction(async () => {
      await renumberEvents(database);
      await renumberReservations(database);
    });
  } finally {
    await opened.close();
  }
}
