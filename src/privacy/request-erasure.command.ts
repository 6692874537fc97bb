/** Begins to erase a person. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { KeptDecisions } from '../consent/index.js';
import { actorOf, Audit, Database, type Principal } from '../kernel/index.js';
import { ErasureStore } from './erasure-store.js';
import { erasureView } from './erasure.view.js';
import { People } from './people.js';
import { channelsOf } from './person.js';
import type { ErasureView } from './privacy.dto.js';

export class RequestErasure extends Command<ErasureView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly address: string,
  ) {
    super();
  }
}

@CommandHandler(RequestErasure)
export class RequestErasureHandler implements ICommandHandler<RequestErasure> {
  constructor(
    private readonly database: Database,
    private readonly people: People,
    private readonly erasures: ErasureStore,
    private readonly decisions: KeptDecisions,
    private readonly audit: Audit,
  ) {}

  /**
   * From the answer on nothing more is sent to the person. While one is open for them, it is answered. The audit log does not name the person.
   * Raises InvalidAddress and AmbiguousAddress.
   */
  async execute({ caller, tenantId, address }: RequestErasure): Promise<ErasureView> {
    const person = await this.people.read(tenantId, address);
    return this.database.transaction(async () => {
      await this.decisions.refuse({ ...person, channels: channelsOf(person) });
      const row = await this.erasures.open(person, actorOf(caller));
      await this.audit.record(caller, 'erasure.request', {}, { kind: 'erasure', id: row.id, tenantId });
      return erasureView(row);
    });
  }
}
