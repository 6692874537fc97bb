/** Forgets sessions that are over. */
import { Injectable } from '@nestjs/common';
import { Scheduled } from '../kernel/index.js';
import { SessionStore } from './session-store.js';
import { Sessions } from './sessions.js';

@Injectable()
export class UsersSchedule {
  constructor(
    private readonly store: SessionStore,
    private readonly sessions: Sessions,
  ) {}

  @Scheduled({ name: 'purge-sessions', everyMs: 3_600_000 })
  purge(): Promise<void> {
    return this.store.purge(this.sessions.idleMinutes);
  }
}
