/** Prints statements as PDF, in a thread of its own. */
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import type { StatementSheet } from './statement-sheet.js';
import { StatementTooLong } from './statements.errors.js';

/** Rows of all tables. So many take some three seconds, and 200 MB. */
export const MOST_PRINTED_ROWS = 5_000;
const MOST_MEMORY_MB = 512;

@Injectable()
export class StatementPrinter {
  private last: Promise<unknown> = Promise.resolve();

  /** One after the other in a process, as each takes a core and much memory. Raises StatementTooLong. */
  async print(sheet: StatementSheet): Promise<Buffer> {
    if (sheet.tables.reduce((sum, { rows }) => sum + rows.length, 0) > MOST_PRINTED_ROWS) throw new StatementTooLong();
    const printed = this.last.then(() => inThread(sheet));
    this.last = printed.catch(() => undefined);
    return printed;
  }
}

function inThread(sheet: StatementSheet): Promise<Buffer> {
  const worker = new Worker(new URL('./statement-pdf.worker.js', import.meta.url), {
    workerData: sheet,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
  return new Promise((resolve, reject) => {
    worker.once('message', (pdf: Uint8Array<ArrayBuffer>) => resolve(Buffer.from(pdf.buffer)));
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The thread that prints ended without a PDF')));
  });
}
