/** What a request says of its list. */
import { SenderDirectory } from '../../tenants/index.js';
import { lookingUp } from '../../kernel/index.js';
import type { ColumnMapping } from '../../lists/index.js';
import type { ContactReading } from './contact-row.js';
import type { ImportContactsQuery } from './import.dto.js';

const SOURCE = 'audience import';

export interface ReadOptions {
  /** As asked for, with the venue’s id: the same key with others is another import. */
  readonly told: ImportContactsQuery;
  readonly mapping: ColumnMapping;
  readonly reading: ContactReading;
}

/** Raises VenueNotFound. */
export async function readOptions(
  directory: SenderDirectory,
  tenantId: string,
  asked: ImportContactsQuery,
): Promise<ReadOptions> {
  const {
    email,
    phone,
    customerId,
    preferredChannel,
    consentVenueId,
    consentSource: source = SOURCE,
    consentAt: occurredAt,
    dateOrder,
  } = asked;
  const { country, timezone: timeZone } = await directory.tenant(tenantId);
  const mapping = { email, phone, customerId, preferredChannel };
  if (consentVenueId === undefined) return { told: asked, mapping, reading: { country } };
  const venueId = await lookingUp('consentVenueId', directory.venueOf(tenantId, consentVenueId));
  const consent = { country, timeZone, source, occurredAt, dateOrder };
  return { told: { ...asked, consentVenueId: venueId }, mapping, reading: { country, consent } };
}
