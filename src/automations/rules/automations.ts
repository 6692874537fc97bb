/** Automations and their versions as stored. */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database, violatedUnique } from '../../kernel/index.js';
import { AutomationKeyTaken, AutomationNotFound } from './automations.errors.js';
import type { DefinitionBody } from './definition.dto.js';
import { compileDefinition, type Program } from './program.js';

/** Times are PostgreSQL text. */
export interface AutomationRow {
  readonly id: string;
  readonly tenant_id: string;
  /** Null: of all venues. */
  readonly venue_id: string | null;
  readonly key: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly version: number;
  readonly definition: DefinitionBody;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface NewAutomation {
  readonly tenantId: string;
  readonly venueId: string | null;
  readonly key: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly definition: DefinitionBody;
  readonly createdBy: string;
}

/** An automation that is on, with its current program. */
export interface ActiveAutomation {
  readonly id: string;
  readonly tenantId: string;
  readonly venueId: string | null;
  readonly version: number;
  readonly program: Program;
}

/** A version's program, and the key of its automation. */
export interface LoadedProgram {
  readonly key: string;
  readonly program: Program;
}

const KEPT = 5_000;

const COLUMNS = `automation.id, tenant_id, venue_id, key, name, enabled, automation.version, definition, automation.created_at, updated_at`;
const CURRENT = `automation join automation_version as version
  on version.automation_id = automation.id and version.version = automation.version`;

@Injectable()
export class Automations {
  private readonly programs = new LRUCache<string, LoadedProgram>({ max: KEPT });

  constructor(private readonly database: Database) {}

  /** Of these tenants, those that are on: as they are now, so that an event finds what was created before it. */
  async active(tenantIds: readonly string[]): Promise<readonly ActiveAutomation[]> {
    const rows = await this.database.query<
      Pick<AutomationRow, 'id' | 'tenant_id' | 'venue_id' | 'key' | 'version' | 'definition'>
    >(
      `select automation.id, tenant_id, venue_id, key, automation.version, definition from ${CURRENT}
       where tenant_id = any($1::uuid[]) and enabled order by automation.id`,
      [tenantIds],
    );
    return rows.map(({ id, tenant_id: tenantId, venue_id: venueId, version, ...row }) => {
      return { id, tenantId, venueId, version, program: this.loaded(id, version, row).program };
    });
  }

  /** A version, and the key of its automation: a run goes on by the one that it began with. */
  async programOf(automationId: string, version: number): Promise<LoadedProgram> {
    const known = this.programs.get(nameOf(automationId, version));
    if (known) return known;
    const [row] = await this.database.query<Pick<AutomationRow, 'key' | 'definition'>>(
      `select key, definition from automation join automation_version as version on automation_id = automation.id
       where automation.id = $1 and version.version = $2`,
      [automationId, version],
    );
    if (!row) throw new Error('a version is never deleted');
    return this.loaded(automationId, version, row);
  }

  /** Raises AutomationNotFound. */
  async find(tenantId: string, id: string): Promise<AutomationRow> {
    const [row] = await this.database.query<AutomationRow>(
      `select ${COLUMNS} from ${CURRENT} where tenant_id = $1 and automation.id = $2`,
      [tenantId, id],
    );
    if (!row) throw new AutomationNotFound();
    return row;
  }

  /** The keys of all of a tenant's. */
  async keysOf(tenantId: string): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ key: string }>(`select key from automation where tenant_id = $1`, [
      tenantId,
    ]);
    return new Set(rows.map(({ key }) => key));
  }

  /** Newest first, one more than the limit. */
  page(tenantId: string, before: string | undefined, limit: number): Promise<AutomationRow[]> {
    return this.database.query<AutomationRow>(
      `select ${COLUMNS} from ${CURRENT} where tenant_id = $1 and ($2::uuid is null or automation.id < $2)
       order by automation.id desc limit $3`,
      [tenantId, before ?? null, limit + 1],
    );
  }

  /** Must run in a transaction. Raises AutomationKeyTaken. */
  async insert(automation: NewAutomation): Promise<AutomationRow> {
    const { tenantId, venueId, key, name, enabled, definition } = automation;
    const [row] = await this.database
      .query<{ id: string }>(
        `insert into automation (tenant_id, venue_id, key, name, enabled, version, trigger) values ($1, $2, $3, $4, $5, 1, $6) returning id`,
        [tenantId, venueId, key, name, enabled, definition.trigger],
      )
      .catch((error: unknown) => {
        throw violatedUnique(error) === 'automation_key_unique' ? new AutomationKeyTaken() : error;
      });
    if (!row) throw new Error('an insert answers its row');
    await this.addVersion(row.id, 1, automation);
    return this.find(tenantId, row.id);
  }

  /** A new version, where the definition differs; runs go on by theirs. Must run in a transaction. Raises AutomationNotFound. */
  async replace(id: string, automation: Omit<NewAutomation, 'key'>): Promise<AutomationRow> {
    const { tenantId, venueId, name, enabled, definition } = automation;
    const [row] = await this.database.query<{ version: number }>(
      `update automation set venue_id = $3, name = $4, enabled = $5, trigger = $6, updated_at = now(),
         version = version + (select (definition <> $7::jsonb)::int from automation_version as version
           where automation_id = automation.id and version.version = automation.version)
       where id = $1 and tenant_id = $2 returning version`,
      [id, tenantId, venueId, name, enabled, definition.trigger, JSON.stringify(definition)],
    );
    if (!row) throw new AutomationNotFound();
    await this.addVersion(id, row.version, automation);
    return this.find(tenantId, id);
  }

  /** On or off. What runs goes on. Must run in a transaction. Raises AutomationNotFound. */
  async enable(tenantId: string, id: string, enabled: boolean): Promise<AutomationRow> {
    await this.database.query(
      `update automation set enabled = $3, updated_at = now() where id = $1 and tenant_id = $2 and enabled <> $3`,
      [id, tenantId, enabled],
    );
    return this.find(tenantId, id);
  }

  private async addVersion(
    id: string,
    version: number,
    { definition, createdBy }: Omit<NewAutomation, 'key'>,
  ): Promise<void> {
    await this.database.query(
      `insert into automation_version (automation_id, version, definition, created_by) values ($1, $2, $3, $4)
       on conflict (automation_id, version) do nothing`,
      [id, version, JSON.stringify(definition), createdBy],
    );
  }

  /** Compiled once: a version never changes. */
  private loaded(
    id: string,
    version: number,
    { key, definition }: Pick<AutomationRow, 'key' | 'definition'>,
  ): LoadedProgram {
    const known = this.programs.get(nameOf(id, version));
    if (known) return known;
    const loaded = { key, program: compileDefinition(definition) };
    this.programs.set(nameOf(id, version), loaded);
    return loaded;
  }
}

const nameOf = (automationId: string, version: number): string => `${automationId} ${version}`;
