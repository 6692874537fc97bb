/** Erases the data of every tenant that are older than they are to be kept. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { errorLine, Metrics, type EventCount } from '../../kernel/index.js';
import { RETENTION_KINDS, RetentionPolicies, type RetentionKind } from '../../tenants/index.js';
import { RetentionStore, type Old } from './retention-store.js';

/** Safe to run concurrently, and to be killed at any time: a batch is one transaction, with the place where to go on. */
export class EraseOldData extends Command<void> {}

@CommandHandler(EraseOldData)
export class EraseOldDataHandler implements ICommandHandler<EraseOldData> {
  private readonly logger = new Logger(EraseOldData.name);
  private readonly failures: EventCount<'kind'>;

  constructor(
    private readonly policies: RetentionPolicies,
    private readonly store: RetentionStore,
    metrics: Metrics,
  ) {
    this.failures = metrics.counter({
      name: 'callboard.retention_failures_total',
      help: 'Tenants of which old data of a kind were not erased, and are tried again in an hour',
      labels: { kind: RETENTION_KINDS },
    });
  }

  async execute(): Promise<void> {
    for (const kind of RETENTION_KINDS) await this.eraseAll(kind);
  }

  /** A tenant that fails holds up no other. */
  private async eraseAll(kind: RetentionKind): Promise<void> {
    for (const { tenantId, days } of await this.policies.withEnd(kind)) {
      try {
        await this.erase({ tenantId, kind, days });
      } catch (error) {
        this.failures.add({ kind });
        this.logger.error(`Old ${kind} of tenant ${tenantId} are tried again in an hour: ${errorLine(error)}`);
      }
    }
  }

  private async erase(old: Old): Promise<void> {
    while (await this.store.step(old));
    await this.store.again(old);
    await this.store.beside(old);
  }
}
