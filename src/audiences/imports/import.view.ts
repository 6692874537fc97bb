/** An import as the API shows it. */
import { iso } from '../../kernel/index.js';
import type { ListColumn, ListFormat } from '../../lists/index.js';
import type { ContactImportView, ImportStatus } from './import.dto.js';

/** A process that died no longer updates it. */
export const ALIVE = `status = 'running' and progressed_at > now() - interval '1 minute'`;

/** Of `audience_import`. */
export const IMPORT_COLUMNS = `audience_import.id, audience_import.audience_id, format,
  case when status = 'running' and not (${ALIVE}) then 'interrupted' else status end as status,
  attempt, lines, checksum, inserted, updated, unchanged, repeated, rejected,
  options, columns, consents_recorded, consents_unchanged, created_by, started_at, progressed_at, ended_at`;

/** PostgreSQL's bigint arrives as text. */
export interface ImportRow {
  readonly id: string;
  readonly audience_id: string;
  readonly format: ListFormat;
  readonly status: ImportStatus;
  readonly attempt: number;
  readonly lines: string;
  readonly checksum: string;
  readonly inserted: string;
  readonly updated: string;
  readonly unchanged: string;
  readonly repeated: string;
  readonly rejected: string;
  /** As asked for: the same key with others is another import. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly columns: readonly ListColumn[] | null;
  readonly consents_recorded: string;
  readonly consents_unchanged: string;
  readonly created_by: string;
  readonly started_at: string;
  readonly progressed_at: string;
  readonly ended_at: string | null;
}

export const importView = (row: ImportRow): ContactImportView => ({
  id: row.id,
  audienceId: row.audience_id,
  format: row.format,
  status: row.status,
  lines: Number(row.lines),
  inserted: Number(row.inserted),
  updated: Number(row.updated),
  unchanged: Number(row.unchanged),
  repeated: Number(row.repeated),
  rejected: Number(row.rejected),
  columns: row.columns,
  consents:
    row.options['consentVenueId'] === undefined
      ? null
      : { recorded: Number(row.consents_recorded), unchanged: Number(row.consents_unchanged) },
  createdBy: row.created_by,
  startedAt: iso(row.started_at),
  progressedAt: iso(row.progressed_at),
  endedAt: iso(row.ended_at),
});
