/** Reads exports: what is known of one, and its content, which is read from the database as fast as it is taken. */
import { Readable } from 'node:stream';
import { Query, QueryBus, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { GetMessageContent } from '../dispatch/index.js';
import { Database, unconfined } from '../kernel/index.js';
import { ExportStore } from './export-store.js';
import { valuesOf, type Person } from './person.js';
import type { PersonExportView } from './privacy.dto.js';
import { PersonExportNotFound } from './privacy.errors.js';
import { PERSONAL_TABLES } from './registry/registry.js';
import { exportView } from './request-export.command.js';
import { readingOf, type Reading } from './export-statements.js';

export class GetPersonExport extends Query<PersonExportView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ReadPersonExport extends Query<Readable> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(GetPersonExport)
export class GetPersonExportHandler implements IQueryHandler<GetPersonExport> {
  constructor(private readonly exports: ExportStore) {}

  /** Raises PersonExportNotFound, also for another tenant's and one that has expired. */
  async execute({ tenantId, id }: GetPersonExport): Promise<PersonExportView> {
    const found = await this.exports.find(tenantId, id);
    if (!found) throw new PersonExportNotFound();
    return exportView(found.row);
  }
}

const READINGS = PERSONAL_TABLES.flatMap((table) => readingOf(table) ?? []);

type Fields = Readonly<Record<string, unknown>>;

@QueryHandler(ReadPersonExport)
export class ReadPersonExportHandler implements IQueryHandler<ReadPersonExport> {
  constructor(
    private readonly database: Database,
    private readonly exports: ExportStore,
    private readonly queries: QueryBus,
  ) {}

  /** A JSON object with a list for each section. Raises PersonExportNotFound. */
  async execute({ tenantId, id }: ReadPersonExport): Promise<Readable> {
    const found = await this.exports.find(tenantId, id);
    if (!found) throw new PersonExportNotFound();
    return Readable.from(this.parts(found.person));
  }

  private async *parts(person: Person): AsyncGenerator<string> {
    const head = {
      tenantId: person.tenantId,
      kind: person.kind,
      address: person.address,
      at: new Date().toISOString(),
    };
    yield JSON.stringify(head).slice(0, -1);
    for (const reading of READINGS) {
      yield `,\n${JSON.stringify(reading.section)}:[`;
      let isFirst = true;
      for await (const fields of this.rows(person, reading)) {
        yield `${isFirst ? '' : ','}\n${JSON.stringify(fields)}`;
        isFirst = false;
      }
      yield ']';
    }
    yield '}\n';
  }

  private async *rows(person: Person, { table, statement, limit, first }: Reading): AsyncGenerator<Fields> {
    for (let after = first; ;) {
      const values = [...valuesOf(person), after];
      const rows = await unconfined(() => this.database.query<{ place: string; fields: Fields }>(statement, values));
      for (const { fields } of rows) yield table === 'message' ? await this.withContent(person, fields) : fields;
      const last = rows.at(-1);
      if (!last || rows.length < limit) return;
      after = last.place;
    }
  }

  /** What the person read, rendered again as for `GET /api/messages/{id}/content`. */
  private async withContent({ tenantId }: Person, fields: Fields): Promise<Fields> {
    const { content, mail, unavailable } = await this.queries.execute(
      new GetMessageContent(tenantId, String(fields['id'])),
    );
    return { ...fields, said: { content, mail, unavailable } };
  }
}
