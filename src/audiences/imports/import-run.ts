/** One import, row by row: the next batch is read while the one before it is written. */
import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { IdempotencyKeyReused, isRetryable } from '../../kernel/index.js';
import type { Row } from '../../lists/index.js';
import { ImportBatch } from './import-batch.js';
import type { ContactReading } from './contact-row.js';
import type { ContactImportView } from './import.dto.js';
import type { ImportStore, ImportTicket } from './import-store.js';

/** Rows read without yielding: a phone number takes 15 µs, and all other requests wait meanwhile. */
const ROWS_AT_A_STRETCH = 200;
/** A slow import writes this often, to show that it is alive. */
const WRITE_EVERY_MS = 5_000;

export class ImportRun {
  /** It had finished before: now it is only compared. */
  readonly isReplay: boolean;
  private batch: ImportBatch;
  private writing: Promise<void> = Promise.resolve();
  private writtenAt = performance.now();
  private rows = 0;
  /** Of all rows read, including those done by an earlier attempt. */
  private checksum = 0;
  private isCompared = false;

  constructor(
    private readonly store: ImportStore,
    private readonly ticket: ImportTicket,
    private readonly reading: ContactReading,
  ) {
    this.isReplay = ticket.view.status === 'finished';
    this.batch = new ImportBatch(reading, ticket.view.lines, ticket.checksum);
  }

  /** Takes a row, unless an earlier attempt has done it. Raises IdempotencyKeyReused if that one had other rows. */
  take(row: Row): void {
    const isDone = row.line <= this.ticket.view.lines;
    if (!isDone) this.compare();
    if (!isDone && this.isReplay) throw new IdempotencyKeyReused();
    this.checksum = crc32(row.text, this.checksum);
    if (!isDone) this.batch.add(row, this.checksum);
    this.rows += 1;
  }

  /** Whether to call `rest` now, even amid the rows of a chunk. */
  get isDue(): boolean {
    return this.batch.isFull || this.rows % ROWS_AT_A_STRETCH === 0;
  }

  async rest(): Promise<void> {
    const isLate = performance.now() - this.writtenAt > WRITE_EVERY_MS;
    if (this.batch.isFull || (isLate && !this.isReplay)) await this.write();
    await othersHaveRun();
  }

  /** Writes what is left. Raises IdempotencyKeyReused like `take`. */
  async finish(): Promise<ContactImportView> {
    this.compare();
    if (this.isReplay) return this.ticket.view;
    await this.write();
    await this.writing;
    return this.store.settle(this.ticket, 'finished');
  }

  /** Ends it for now: what was written stays, and may be resumed. */
  async interrupt(): Promise<void> {
    await this.writing.catch(() => undefined); // raised to whoever waited for it first
    if (this.isReplay) return;
    const settle = (): Promise<ContactImportView> => this.store.settle(this.ticket, 'interrupted');
    await settle().catch((error: unknown) => {
      if (!isRetryable(error)) throw error;
      return settle(); // the pool may have given out the connection that has just died
    });
  }

  private compare(): void {
    if (!this.isCompared && this.checksum !== this.ticket.checksum) throw new IdempotencyKeyReused();
    this.isCompared = true;
  }

  /** Waits for the previous batch: rows are written in order, since the later one wins. */
  private async write(): Promise<void> {
    const { batch } = this;
    this.batch = new ImportBatch(this.reading, batch.lines, batch.checksum);
    this.writtenAt = performance.now();
    await this.writing;
    this.writing = this.store.write(this.ticket, batch);
    this.writing.catch(() => undefined); // raised to whoever waits for it next
  }
}
