/** Makes ready an export of everything about a person. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOf, Audit, Database, iso, type Principal } from '../kernel/index.js';
import { ExportStore, type ExportRow } from './export-store.js';
import { People } from './people.js';
import type { PersonExportView } from './privacy.dto.js';

export class RequestExport extends Command<PersonExportView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly address: string,
  ) {
    super();
  }
}

@CommandHandler(RequestExport)
export class RequestExportHandler implements ICommandHandler<RequestExport> {
  constructor(
    private readonly database: Database,
    private readonly people: People,
    private readonly exports: ExportStore,
    private readonly audit: Audit,
  ) {}

  /** The audit log does not name the person. Raises InvalidAddress and AmbiguousAddress. */
  async execute({ caller, tenantId, address }: RequestExport): Promise<PersonExportView> {
    const person = await this.people.read(tenantId, address);
    return this.database.transaction(async () => {
      const row = await this.exports.add(person, actorOf(caller));
      await this.audit.record(caller, 'person_export.request', {}, { kind: 'person_export', id: row.id, tenantId });
      return exportView(row);
    });
  }
}

export const exportView = ({ id, kind, requestedBy, requestedAt, expiresAt }: ExportRow): PersonExportView => ({
  id,
  kind,
  requestedBy,
  requestedAt: iso(requestedAt),
  expiresAt: iso(expiresAt),
});
