/** The steps of an erasure, in order: what waits is stopped first, decisions are kept, then tables are gone through. */
import { Injectable } from '@nestjs/common';
import { KeptDecisions } from '../consent/index.js';
import { FileEraser } from '../files/index.js';
import { Database, IdempotencyAnswers } from '../kernel/index.js';
import type { OpenErasure } from './erasure-store.js';
import { channelsOf, patternOf, valuesOf } from './person.js';
import { FILES_FOUND, FILES_UNUSED } from './registry/person-files.js';
import { PERSONAL_TABLES } from './registry/registry.js';
import { stepsOf, waitsIn, type TableStep } from './statements.js';
import { WaitingMessages } from './waiting-messages.js';

/** What one batch did. */
export interface Progress {
  /** Rows erased, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** The step has more to do: after this id, if it goes by ids. */
  readonly more: false | { readonly after: string | null };
  /** Files that were found. */
  readonly fileIds?: readonly string[];
}

type Step = (erasure: OpenErasure) => Promise<Progress>;

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const WAITS = PERSONAL_TABLES.flatMap(waitsIn);

@Injectable()
export class ErasureSteps {
  readonly all: readonly Step[] = [
    (erasure) => this.stopWaiting(erasure),
    (erasure) => this.findFiles(erasure),
    (erasure) => this.keepDecisions(erasure),
    ...PERSONAL_TABLES.flatMap(stepsOf).map(
      (step): Step =>
        (erasure) =>
          this.eraseIn(step, erasure),
    ),
    (erasure) => this.eraseFiles(erasure),
    (erasure) => this.eraseAnswers(erasure),
  ];

  constructor(
    private readonly database: Database,
    private readonly waiting: WaitingMessages,
    private readonly decisions: KeptDecisions,
    private readonly files: FileEraser,
    private readonly answers: IdempotencyAnswers,
  ) {}

  /** Whether something of the person may not be erased yet: a message that is being sent, or not counted. */
  async mustWait(erasure: OpenErasure): Promise<boolean> {
    for (const statement of WAITS) {
      const [row] = await this.database.query<{ waits: boolean }>(statement, valuesOf(erasure));
      if (row?.waits) return true;
    }
    return false;
  }

  private async stopWaiting(erasure: OpenErasure): Promise<Progress> {
    const stopped = await this.waiting.cancel(erasure);
    return { rows: {}, more: stopped > 0 && { after: null } };
  }

  private async findFiles(erasure: OpenErasure): Promise<Progress> {
    const [found] = await this.database.query<{ ids: string[] }>(FILES_FOUND, valuesOf(erasure));
    return { rows: {}, more: false, fileIds: [...new Set([...erasure.fileIds, ...(found?.ids ?? [])])] };
  }

  private async keepDecisions(erasure: OpenErasure): Promise<Progress> {
    const taken = await this.decisions.takeOver({ ...erasure, channels: channelsOf(erasure) });
    const { consent, suppression, numberOptOut } = taken;
    return { rows: { consent, suppression, number_opt_out: numberOptOut }, more: false };
  }

  private async eraseIn({ table, statements, next }: TableStep, erasure: OpenErasure): Promise<Progress> {
    const after = erasure.after ?? BEFORE_ALL;
    const values = [...valuesOf(erasure), ...(next === undefined ? [] : [after])];
    let rows = 0;
    for (const statement of statements) {
      const [done] = await this.database.query<{ rows: number }>(statement, values);
      rows += done?.rows ?? 0;
    }
    if (next === undefined) return { rows: { [table]: rows }, more: rows > 0 && { after: null } };
    // Asked for afterwards: rows that came meanwhile are then looked through again, and none is passed over.
    const [last] = await this.database.query<{ id: string }>(next, [...valuesOf(erasure), after]);
    return { rows: { [table]: rows }, more: last !== undefined && { after: last.id } };
  }

  private async eraseFiles({ tenantId, fileIds }: OpenErasure): Promise<Progress> {
    const unused = await this.database.query<{ id: string }>(FILES_UNUSED, [tenantId, fileIds]);
    let rows = 0;
    for (const { id } of unused) rows += (await this.files.erase(tenantId, id)) ? 1 : 0;
    return { rows: { file: rows, file_content: rows }, more: false };
  }

  private async eraseAnswers(erasure: OpenErasure): Promise<Progress> {
    const word = erasure.kind === 'email' ? '[erased]' : '0';
    const rows = await this.answers.replace(erasure.tenantId, new RegExp(patternOf(erasure), 'gi'), word);
    return { rows: { idempotency_key: rows }, more: false };
  }
}
