/** Imports in the database: each batch of contacts is committed together with its progress. */
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { ConsentLog, type ConsentChange } from '../../consent/index.js';
import { Database, IdempotencyKeyReused } from '../../kernel/index.js';
import { TooManyLists, type ListColumn, type ListFormat } from '../../lists/index.js';
import { AudienceNotFound } from '../audience.errors.js';
import type { ImportBatch } from './import-batch.js';
import type { ContactImportView, ImportContactsQuery } from './import.dto.js';
import { ImportNotFound, ImportTakenOver } from './import.errors.js';
import { SETTLE, WRITE } from './import.sql.js';
import { ALIVE, IMPORT_COLUMNS, importView, type ImportRow } from './import.view.js';

/** Concurrent imports per tenant. */
const MOST_AT_ONCE = 2;
/** Errors stored per import; all are counted. */
const ERRORS_KEPT = 1_000;

/** The first request with its Idempotency-Key, or one that resumes. */
export interface ImportRequest {
  readonly tenantId: string;
  readonly audienceId: string;
  readonly format: ListFormat;
  readonly options: ImportContactsQuery;
  /** Of CSV. */
  readonly columns: readonly ListColumn[] | undefined;
  readonly idempotencyKey: string | undefined;
  readonly actor: string;
}

/** The right to write to an import, until the next attempt takes it over. */
export interface ImportTicket {
  readonly view: ContactImportView;
  readonly attempt: number;
  /** Of all rows up to `view.lines`. */
  readonly checksum: number;
  readonly tenantId: string;
  /** Where its consent columns are recorded, if they are. */
  readonly consentVenueId: string | undefined;
}

@Injectable()
export class ImportStore {
  constructor(
    private readonly database: Database,
    private readonly consent: ConsentLog,
  ) {}

  /** Raises ImportNotFound. */
  async get(audienceId: string, id: string): Promise<ContactImportView> {
    const [row] = await this.database.query<ImportRow>(
      `select ${IMPORT_COLUMNS} from audience_import where audience_id = $1 and id = $2`,
      [audienceId, id],
    );
    if (!row) throw new ImportNotFound();
    return importView(row);
  }

  /**
   * Begins an import, or resumes the one with the same Idempotency-Key; a finished one is only read. Raises TooManyLists, and
   * IdempotencyKeyReused if the key was used for another audience, format or reading of it.
   */
  begin(request: ImportRequest): Promise<ImportTicket> {
    const { tenantId, audienceId, format, idempotencyKey = null } = request;
    const options = JSON.parse(JSON.stringify(request.options)) as unknown;
    return this.database.transaction(async () => {
      await this.database.query(`select pg_advisory_xact_lock(hashtextextended('import ' || $1, 0))`, [tenantId]);
      await this.database.query(
        `update audience_import set idempotency_key = null
         where tenant_id = $1 and idempotency_key = $2 and started_at < now() - interval '24 hours'`,
        [tenantId, idempotencyKey],
      );
      const [before] = await this.database.query<ImportRow>(
        `select ${IMPORT_COLUMNS} from audience_import where tenant_id = $1 and idempotency_key = $2`,
        [tenantId, idempotencyKey],
      );
      const isOther = before?.audience_id !== audienceId || before.format !== format;
      if (before && (isOther || !isDeepStrictEqual(before.options, options))) throw new IdempotencyKeyReused();
      if (before?.status === 'finished') return ticketOf(tenantId, before);
      const running = await this.database.query(
        `select from audience_import where tenant_id = $1 and id is distinct from $2 and ${ALIVE} limit ${MOST_AT_ONCE}`,
        [tenantId, before?.id ?? null],
      );
      if (running.length === MOST_AT_ONCE) throw new TooManyLists(MOST_AT_ONCE);
      return before ? this.goOn(tenantId, before.id) : this.insert(request);
    });
  }

  private async insert(request: ImportRequest): Promise<ImportTicket> {
    const { tenantId, audienceId, format, options, columns, idempotencyKey, actor } = request;
    const [row] = await this.database.query<ImportRow>(
      `insert into audience_import (tenant_id, audience_id, format, options, columns, idempotency_key, created_by)
       values ($1, $2, $3, $4, $5, $6, $7) returning ${IMPORT_COLUMNS}`,
      [
        tenantId,
        audienceId,
        format,
        JSON.stringify(options),
        columns ? JSON.stringify(columns) : null,
        idempotencyKey ?? null,
        actor,
      ],
    );
    return ticketOf(tenantId, row);
  }

  private async goOn(tenantId: string, id: string): Promise<ImportTicket> {
    const [row] = await this.database.query<ImportRow>(
      `update audience_import set attempt = attempt + 1, status = 'running', progressed_at = clock_timestamp(), ended_at = null
       where id = $1 returning ${IMPORT_COLUMNS}`,
      [id],
    );
    return ticketOf(tenantId, row);
  }

  /**
   * Writes a batch, safely alongside others: contacts are locked in one order, and two imports share no row. Raises
   * ImportTakenOver and AudienceNotFound if the ticket is no longer valid; then nothing was written. Decisions are recorded in
   * the same transaction.
   */
  async write(ticket: ImportTicket, batch: ImportBatch): Promise<void> {
    if (batch.decisions.length === 0) return this.writeContacts(ticket, batch, 0);
    await this.database.transaction(async () => {
      const recorded = await this.consent.recordOnce(decisionsOf(ticket, batch));
      await this.writeContacts(ticket, batch, recorded);
    });
  }

  private async writeContacts({ view, attempt }: ImportTicket, batch: ImportBatch, recorded: number): Promise<void> {
    const contacts = [...batch.contacts];
    const written = await this.database.query(WRITE, [
      view.id,
      attempt,
      batch.lines,
      batch.checksum,
      batch.repeated,
      batch.faults.length,
      ERRORS_KEPT,
      contacts.map(([, { kind }]) => kind),
      contacts.map(([address]) => address),
      contacts.map(([, { attributes }]) => attributes),
      batch.faults.map(({ line }) => line),
      batch.faults.map(({ code }) => code),
      batch.faults.map(({ field }) => field),
      recorded,
      batch.decisions.length - recorded,
      contacts.map(([, { person }]) => person ?? null),
      contacts.map(([, { preferredChannel }]) => preferredChannel ?? null),
    ]);
    if (written.length > 0) return;
    const there = await this.database.query(`select from audience where id = $1 and deleted_at is null`, [
      view.audienceId,
    ]);
    throw there.length > 0 ? new ImportTakenOver() : new AudienceNotFound();
  }

  /** Ends an import, finally or for now, and adds its counts to the audience's. Raises ImportTakenOver. */
  async settle({ view, attempt }: ImportTicket, status: 'finished' | 'interrupted'): Promise<ContactImportView> {
    const [row] = await this.database.query<ImportRow>(SETTLE, [view.id, attempt, status]);
    if (!row) throw new ImportTakenOver();
    return importView(row);
  }
}

function ticketOf(tenantId: string, row: ImportRow | undefined): ImportTicket {
  if (!row) throw new AudienceNotFound();
  const { consentVenueId } = row.options as ImportContactsQuery;
  return { view: importView(row), attempt: row.attempt, checksum: Number(row.checksum), tenantId, consentVenueId };
}

function decisionsOf({ view, tenantId, consentVenueId: venueId }: ImportTicket, batch: ImportBatch): ConsentChange[] {
  if (venueId === undefined) return [];
  return batch.decisions.map(({ line, ...decision }) => ({
    ...decision,
    tenantId,
    venueId,
    actor: view.createdBy,
    evidence: { importId: view.id, line },
  }));
}
