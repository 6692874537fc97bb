/** The contacts of an import, read one by one. */
import { DomainError, inSlices } from '../kernel/index.js';
import type { ImportFault } from './consent.dto.js';

/** What `read` makes of each contact, and by its index each one that it raises a DomainError for. Others are served meanwhile. */
export async function readContacts<Entry>(
  contacts: readonly unknown[],
  read: (contact: unknown) => Entry,
): Promise<{ entries: Entry[]; errors: ImportFault[] }> {
  const entries: Entry[] = [];
  const errors: ImportFault[] = [];
  await inSlices(contacts, (contact, index) => {
    try {
      entries.push(read(contact));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { code, message: detail, suggestions } = error;
      errors.push({ index, code, detail, ...(suggestions.length > 0 && { suggestions }) });
    }
  });
  return { entries, errors };
}
