/** Changes the data that a template is tried with. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DataSets } from './data-sets.js';

export class PutDataSet extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly key: string,
    readonly name: string,
    readonly data: Record<string, unknown>,
  ) {
    super();
  }
}

export class RemoveDataSet extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly key: string,
    readonly name: string,
  ) {
    super();
  }
}

@CommandHandler(PutDataSet)
export class PutDataSetHandler implements ICommandHandler<PutDataSet> {
  constructor(private readonly sets: DataSets) {}

  /** Raises what `DataSets.put` raises. */
  execute({ tenantId, key, name, data, actor }: PutDataSet): Promise<void> {
    return this.sets.put(tenantId, key, name, data, actor);
  }
}

@CommandHandler(RemoveDataSet)
export class RemoveDataSetHandler implements ICommandHandler<RemoveDataSet> {
  constructor(private readonly sets: DataSets) {}

  /** Raises what `DataSets.remove` raises. */
  execute({ tenantId, key, name }: RemoveDataSet): Promise<void> {
    return this.sets.remove(tenantId, key, name);
  }
}
