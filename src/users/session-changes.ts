/** Tells all processes that sessions, or users who have some, are not what they were. */
import { Injectable } from '@nestjs/common';
import { ChangeFeed, Database } from '../kernel/index.js';

const TOPIC = 'session';

@Injectable()
export class SessionChanges {
  constructor(
    private readonly feed: ChangeFeed,
    private readonly database: Database,
  ) {}

  /** Whether changes by other processes are heard. */
  get isHeard(): boolean {
    return this.feed.isListening;
  }

  /** Calls `forget` when something changed, or may have. Call it once. */
  onChange(forget: () => void): void {
    this.forget = forget;
    this.feed.on(TOPIC, { changed: forget, missed: forget });
  }

  /** With the open transaction: here before it is over for its caller, in other processes at once after it. */
  async announce(): Promise<void> {
    await this.feed.announce(TOPIC, 'any');
    await this.database.afterCommit(() => this.forget());
  }

  private forget: () => void = () => undefined;
}
