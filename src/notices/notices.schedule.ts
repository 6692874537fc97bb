/** Delivers notices, also where no worker is left to: that is what one may tell of. Forgets old ones. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../kernel/index.js';
import { DeliverNotices } from './deliver-notices.command.js';
import { ANY_NOTICE_DUE, NoticeStore } from './notice-store.js';

@Injectable()
export class NoticesSchedule {
  constructor(
    private readonly commands: CommandBus,
    private readonly store: NoticeStore,
  ) {}

  @Scheduled({ name: 'notices', everyMs: 1_000, when: ANY_NOTICE_DUE, inEveryRole: true })
  deliver(): Promise<void> {
    return this.commands.execute(new DeliverNotices());
  }

  @Scheduled({ name: 'purge-notices', everyMs: 86_400_000 })
  purge(): Promise<void> {
    return this.store.purge();
  }
}
