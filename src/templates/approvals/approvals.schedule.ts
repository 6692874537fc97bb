/** Keeps approvals up to date on a schedule. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../../kernel/index.js';
import { SyncApprovals } from './sync-approvals.command.js';

@Injectable()
export class ApprovalsSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'content-approvals', everyMs: 60_000 })
  sync(): Promise<void> {
    return this.commands.execute(new SyncApprovals());
  }
}
