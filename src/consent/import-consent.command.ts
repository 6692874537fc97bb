/** Records many people's decisions, from an external list. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError, validated } from '../kernel/index.js';
import { SenderDirectory, normaliseAddress } from '../tenants/index.js';
import { ImportContact, type ImportConsentBody, type ImportFault, type ImportView } from './consent.dto.js';
import { ConsentLog, type ConsentChange } from './consent-log.js';

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
    const changes: ConsentChange[] = [];
    const errors: ImportFault[] = [];
    for (const [index, contact] of contacts.entries()) {
      try {
        const { address, ...decision } = validated(ImportContact, contact);
        const normalised = normaliseAddress(channel, address, country);
        changes.push({ ...decision, tenantId, venueId, channel, source, actor, address: normalised });
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        const { code, message: detail, suggestions } = error;
        errors.push({ index, code, detail, ...(suggestions.length > 0 && { suggestions }) });
      }
    }
    const outcomes = await this.log.record(changes);
    const imported = outcomes.filter(({ previous, current }) => previous !== current).length;
    return { imported, unchanged: outcomes.length - imported, errors };
  }
}
