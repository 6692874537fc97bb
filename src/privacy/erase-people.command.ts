/** Works on the erasures that are due, batch by batch: each is one transaction, with the place where to go on. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, errorLine } from '../kernel/index.js';
import { certificateOf } from './certificate.js';
import { ErasureMetrics } from './erasure-metrics.js';
import { ErasureSteps, type Progress } from './erasure-steps.js';
import { ErasureStore, type ErasedRows, type OpenErasure } from './erasure-store.js';

/** Providers report of a message for as long, Amazon SES of complaints longer: what comes is looked for again. */
const WATCH_HOURS = 72;
const WATCH_EVERY_HOURS = 12;
/** Messages that are being sent, and consumers of events, need moments. */
const WAIT_SECONDS = 5;
const RETRY_SECONDS = 60;

/** Safe to run concurrently, and to be killed at any time. */
export class ErasePeople extends Command<void> {}

@CommandHandler(ErasePeople)
export class ErasePeopleHandler implements ICommandHandler<ErasePeople> {
  private readonly logger = new Logger(ErasePeople.name);

  constructor(
    private readonly database: Database,
    private readonly erasures: ErasureStore,
    private readonly steps: ErasureSteps,
    private readonly metrics: ErasureMetrics,
  ) {}

  async execute(): Promise<void> {
    while (await this.doOne());
  }

  /** False if none is due. */
  private async doOne(): Promise<boolean> {
    let taken: string | undefined;
    try {
      return await this.database.transaction(async () => {
        const erasure = await this.erasures.take();
        taken = erasure?.id;
        if (erasure) await this.batch(erasure);
        return erasure !== undefined;
      });
    } catch (error) {
      if (taken === undefined) throw error;
      this.logger.error(`Erasure ${taken} is tried again in a minute: ${errorLine(error)}`);
      this.metrics.count('failed');
      await this.erasures.put(taken, RETRY_SECONDS);
      return true;
    }
  }

  private async batch(erasure: OpenErasure): Promise<void> {
    const step = this.steps.all[erasure.step];
    if (step) return this.moved(erasure, await step(erasure));
    if (await this.steps.mustWait(erasure)) return this.erasures.repeat(erasure.id, WAIT_SECONDS);
    const row = await this.erasures.finish(erasure.id, WATCH_HOURS, WATCH_EVERY_HOURS);
    await this.erasures.certify(erasure.id, certificateOf(row));
    if (erasure.state === 'running') this.metrics.count('erased');
  }

  private async moved(erasure: OpenErasure, { rows, more, fileIds = erasure.fileIds }: Progress): Promise<void> {
    await this.erasures.move(erasure.id, {
      step: more ? erasure.step : erasure.step + 1,
      after: more ? more.after : null,
      erased: added(erasure.erased, rows),
      fileIds,
    });
  }
}

function added(erased: ErasedRows, rows: Progress['rows']): ErasedRows {
  const at = new Date().toISOString();
  const changed = Object.entries(rows).filter(([, count]) => count > 0);
  return {
    ...erased,
    ...Object.fromEntries(changed.map(([table, count]) => [table, { rows: (erased[table]?.rows ?? 0) + count, at }])),
  };
}
