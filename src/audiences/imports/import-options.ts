/** What a request says of its list. */
import { SenderDirectory } from '../../tenants/index.js';
import { lookingUp } from '../../kernel/index.js';
import type { ColumnMapping } from '../../lists/index.js';
import type { ContactReading } from './contact-row.js';
import type { ImportContactsQuery } from './import.dto.js';

const SOURCE = 'audience import';

export interface ReadOptions {
  /** Where its consent columns are recorded, if they are. */
  readonly venueId?: string;
  readonly mapping: ColumnMapping;
  readonly reading: ContactReading;
}

/** Raises VenueNotFound. */
export async function readOptions(
  directory: SenderDirectory,
  tenantId: string,
  { email, phone, consentVenueId, consentSource, consentAt, dateOrder }: ImportContactsQuery,
): Promise<ReadOptions> {
  const { country, timezone: timeZone } = await directory.tenant(tenantId);
  const mapping = { email, phone };
  if (consentVenueId === undefined) return { mapping, reading: { country } };
  const venueId = await lookingUp('consentVenueId', directory.venueOf(tenantId, consentVenueId));
  const consent = { country, timeZone, source: consentSource ?? SOURCE, occurredAt: consentAt, dateOrder };
  return { mapping, venueId, reading: { country, consent } };
}
