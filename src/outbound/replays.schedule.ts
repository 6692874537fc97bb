/** Takes steps of replays that are under way. */
import { Injectable } from '@nestjs/common';
import { Scheduled } from '../kernel/index.js';
import { ANY_REPLAY_OPEN } from './replay-store.js';
import { Replays } from './replays.js';

@Injectable()
export class ReplaysSchedule {
  constructor(private readonly replays: Replays) {}

  @Scheduled({ name: 'webhook-replays', everyMs: 1_000, when: ANY_REPLAY_OPEN })
  run(): Promise<void> {
    return this.replays.run();
  }
}
