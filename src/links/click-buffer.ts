/** Takes clicks without making whoever follows a link wait, and writes many at once. */
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { errorLine, isRetryable, Metrics, type EventCount } from '../kernel/index.js';
import { ClickLog } from './click-log.js';
import { clickKey, type Click } from './click.js';

/** A click waits no longer than this to be written: what a process that is killed has not told yet. */
const EVERY_MS = 250;
const RETRY_MS = 1_000;
/** Per statement. */
const BATCH = 2_000;
/** Beyond these the links lead on, and the clicks are lost: the database has been away for long. */
const MOST = 100_000;

@Injectable()
export class ClickBuffer implements OnApplicationShutdown {
  private readonly logger = new Logger(ClickBuffer.name);
  private readonly waiting = new Map<string, Click>();
  private readonly lost: EventCount<never>;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly log: ClickLog,
    metrics: Metrics,
  ) {
    this.lost = metrics.counter({
      name: 'callboard.lost_clicks.total',
      help: 'Clicks that were not counted, as the database was away for too long or refused them',
    });
  }

  /** Returns at once. The first of several alike counts. */
  add(click: Click): void {
    const key = clickKey(click);
    if (this.waiting.has(key)) return;
    if (this.waiting.size >= MOST) this.lost.add({});
    else this.waiting.set(key, click);
    this.timer ??= setTimeout(() => void this.write(), EVERY_MS);
  }

  /** Resolves when all that have been added are written, or could not be. One that cannot be written now is tried again. */
  async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = (this.writing ?? Promise.resolve()).then(() => this.writeAll());
    await this.writing;
  }

  /** The server has closed by now, and the database has not. */
  async onApplicationShutdown(): Promise<void> {
    await this.write();
    clearTimeout(this.timer);
  }

  private next(): (readonly [key: string, click: Click])[] {
    const batch: [string, Click][] = [];
    for (const entry of this.waiting) {
      batch.push(entry);
      if (batch.length === BATCH) break;
    }
    return batch;
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.size > 0) {
      const batch = this.next();
      try {
        await this.log.record(batch.map(([, click]) => click));
      } catch (error) {
        if (isRetryable(error)) {
          this.timer ??= setTimeout(() => void this.write(), RETRY_MS);
          return;
        }
        this.logger.error(`Clicks were not counted: ${errorLine(error)}`);
        this.lost.add({}, batch.length);
      }
      for (const [key] of batch) this.waiting.delete(key);
    }
  }
}
