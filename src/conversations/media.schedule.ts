/** Fetches what people sent as soon as it is there. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../kernel/index.js';
import { FetchMedia } from './fetch-media.command.js';
import { ANY_MEDIA_DUE } from './received-media.js';

@Injectable()
export class MediaSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'received-media', everyMs: 1_000, when: ANY_MEDIA_DUE })
  fetch(): Promise<void> {
    return this.commands.execute(new FetchMedia());
  }
}
