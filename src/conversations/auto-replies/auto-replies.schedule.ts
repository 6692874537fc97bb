/** Answers people who write as soon as they have. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../../kernel/index.js';
import { ANY_AUTO_REPLY_DUE } from './auto-reply-store.js';
import { SendAutoReplies } from './send-auto-replies.command.js';

@Injectable()
export class AutoRepliesSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'auto-replies', everyMs: 1_000, when: ANY_AUTO_REPLY_DUE })
  reply(): Promise<void> {
    return this.commands.execute(new SendAutoReplies());
  }
}
