/** Records many people's decisions, from an external list. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { validated } from '../kernel/index.js';
import { SenderDirectory, normaliseAddress } from '../tenants/index.js';
import { ImportContact, type ImportConsentBody, type ImportView } from './consent.dto.js';
import { ConsentLog, type ConsentChange } from './consent-log.js';
import { readContacts } from './read-contacts.js';

export class ImportConsent extends Command<ImportView> {
  constructor(
    readonly tenantId: string,
    readonly body: ImportConsentBody,
    readonly actor: string,
  ) {
    super();
  }
}

@CommandHandler(ImportConsent)
export class ImportConsentHandler implements ICommandHandler<ImportConsent> {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly log: ConsentLog,
  ) {}

  /** Raises VenueNotFound; an invalid contact is reported in `errors` and the others are recorded. */
  async execute({ tenantId, body, actor }: ImportConsent): Promise<ImportView> {
    const { channel, source, contacts } = body;
    const venueId = await this.directory.venueOf(tenantId, body.venueId);
    const { country } = await this.directory.tenant(tenantId);
    const { entries, errors } = await readContacts(contacts, (contact): ConsentChange => {
      const { address: text, ...decision } = validated(ImportContact, contact);
      return {
        ...decision,
        tenantId,
        venueId,
        channel,
        source,
        actor,
        address: normaliseAddress(channel, text, country),
      };
    });
    const outcomes = await this.log.record(entries);
    const imported = outcomes.filter(({ previous, current }) => previous !== current).length;
    return { imported, unchanged: outcomes.length - imported, errors };
  }
}
