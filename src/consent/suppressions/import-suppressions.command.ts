/** Suppresses many addresses, from an external list. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOf, Audit, Database, validated, type Principal } from '../../kernel/index.js';
import { consentChannel, normaliseAddress, SenderDirectory } from '../../tenants/index.js';
import type { ImportView } from '../consent.dto.js';
import { readContacts } from '../read-contacts.js';
import { Suppressions, type Suppression } from './suppressions.js';
import { SuppressedContact, type ImportSuppressionsBody } from './suppressions.dto.js';

export class ImportSuppressions extends Command<ImportView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly body: ImportSuppressionsBody,
  ) {
    super();
  }
}

@CommandHandler(ImportSuppressions)
export class ImportSuppressionsHandler implements ICommandHandler<ImportSuppressions> {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
    private readonly suppressions: Suppressions,
    private readonly audit: Audit,
  ) {}

  /** An invalid contact is reported in `errors` and the others are suppressed. */
  async execute({ caller, tenantId, body }: ImportSuppressions): Promise<ImportView> {
    const channel = consentChannel(body.channel);
    const { country } = await this.directory.tenant(tenantId);
    const actor = actorOf(caller);
    const { entries, errors } = await readContacts(body.contacts, (contact): Suppression => {
      const { address, ...why } = validated(SuppressedContact, contact);
      return { ...why, tenantId, channel, actor, address: normaliseAddress(channel, address, country) };
    });
    return this.database.transaction(async () => {
      const imported = await this.suppressions.add(entries);
      if (imported > 0) await this.audit.record(caller, 'suppression.import', { channel, addresses: imported });
      return { imported, unchanged: entries.length - imported, errors };
    });
  }
}
