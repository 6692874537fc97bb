/** Creates, changes and deletes audiences. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import type { AudienceView, CreateAudienceBody, UpdateAudienceBody } from './audience.dto.js';
import { AudienceInUse, AudienceNotFound } from './audience.errors.js';
import { AudienceStore } from './audience-store.js';
import { AudienceUses } from './audience-uses.js';

export class CreateAudience extends Command<AudienceView> {
  constructor(
    readonly tenantId: string,
    readonly input: CreateAudienceBody,
  ) {
    super();
  }
}

export class UpdateAudience extends Command<AudienceView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly changes: UpdateAudienceBody,
  ) {
    super();
  }
}

export class DeleteAudience extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@CommandHandler(CreateAudience)
export class CreateAudienceHandler implements ICommandHandler<CreateAudience> {
  constructor(
    private readonly database: Database,
    private readonly audiences: AudienceStore,
  ) {}

  async execute({ tenantId, input: { name, description } }: CreateAudience): Promise<AudienceView> {
    const [row] = await this.database.query<{ id: string }>(
      `insert into audience (tenant_id, name, description) values ($1, $2, $3) returning id`,
      [tenantId, name, description ?? null],
    );
    return this.audiences.get(tenantId, row?.id ?? '');
  }
}

@CommandHandler(UpdateAudience)
export class UpdateAudienceHandler implements ICommandHandler<UpdateAudience> {
  constructor(
    private readonly database: Database,
    private readonly audiences: AudienceStore,
  ) {}

  /** Omitted fields stay. Raises AudienceNotFound. */
  async execute({ tenantId, id, changes: { name, description } }: UpdateAudience): Promise<AudienceView> {
    await this.database.query(
      `update audience set name = coalesce($3, name), description = case when $4 then $5 else description end, updated_at = now()
       where tenant_id = $1 and id = $2 and deleted_at is null`,
      [tenantId, id, name ?? null, description !== undefined, description ?? null],
    );
    return this.audiences.get(tenantId, id);
  }
}

@CommandHandler(DeleteAudience)
export class DeleteAudienceHandler implements ICommandHandler<DeleteAudience> {
  constructor(
    private readonly database: Database,
    private readonly uses: AudienceUses,
  ) {}

  /** Gone at once for everyone; its contacts are purged later. Raises AudienceNotFound and AudienceInUse. */
  async execute({ tenantId, id }: DeleteAudience): Promise<void> {
    await this.database.transaction(async () => {
      // Waits for import batches being written: none follows.
      const found = await this.database.query(
        `select from audience where tenant_id = $1 and id = $2 and deleted_at is null for update`,
        [tenantId, id],
      );
      if (found.length === 0) throw new AudienceNotFound();
      if (await this.uses.isAny({ kind: 'audience', id })) throw new AudienceInUse();
      await this.database.query(`update audience set deleted_at = now() where id = $1`, [id]);
    });
  }
}
