/** Creates, changes and deletes segments. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, lookingUp } from '../../kernel/index.js';
import { AudienceStore } from '../audience-store.js';
import { AudienceUses } from '../audience-uses.js';
import { SegmentStore } from './segment-store.js';
import { SegmentInUse, SegmentNotFound } from './segments.errors.js';
import type { CreateSegmentBody, SegmentView, UpdateSegmentBody } from './segments.dto.js';
import { Segments } from './segments.js';

export class CreateSegment extends Command<SegmentView> {
  constructor(
    readonly tenantId: string,
    readonly input: CreateSegmentBody,
  ) {
    super();
  }
}

export class UpdateSegment extends Command<SegmentView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly changes: UpdateSegmentBody,
  ) {
    super();
  }
}

export class DeleteSegment extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@CommandHandler(CreateSegment)
export class CreateSegmentHandler implements ICommandHandler<CreateSegment> {
  constructor(
    private readonly database: Database,
    private readonly audiences: AudienceStore,
    private readonly segments: Segments,
    private readonly store: SegmentStore,
  ) {}

  /** Raises InvalidSegmentRule, AudienceNotFound and VenueNotFound. */
  execute({ tenantId, input: { audienceId, name, description, rule } }: CreateSegment): Promise<SegmentView> {
    return this.database.transaction(async () => {
      await lookingUp('audienceId', this.audiences.hold(tenantId, audienceId));
      await this.segments.read(tenantId, rule);
      const [row] = await this.database.query<{ id: string }>(
        `insert into segment (tenant_id, audience_id, name, description, rule) values ($1, $2, $3, $4, $5) returning id`,
        [tenantId, audienceId, name, description ?? null, JSON.stringify(rule)],
      );
      return this.store.get(tenantId, row?.id ?? '');
    });
  }
}

@CommandHandler(UpdateSegment)
export class UpdateSegmentHandler implements ICommandHandler<UpdateSegment> {
  constructor(
    private readonly database: Database,
    private readonly segments: Segments,
    private readonly store: SegmentStore,
  ) {}

  /** Omitted fields stay; launched campaigns keep the rule that they were launched with. Raises SegmentNotFound, InvalidSegmentRule and VenueNotFound. */
  async execute({ tenantId, id, changes: { name, description, rule } }: UpdateSegment): Promise<SegmentView> {
    if (rule) await this.segments.read(tenantId, rule);
    await this.database.query(
      `update segment set name = coalesce($3, name), description = case when $4 then $5 else description end,
         rule = coalesce($6::jsonb, rule), updated_at = now()
       where tenant_id = $1 and id = $2`,
      [tenantId, id, name ?? null, description !== undefined, description ?? null, rule ? JSON.stringify(rule) : null],
    );
    return this.store.get(tenantId, id);
  }
}

@CommandHandler(DeleteSegment)
export class DeleteSegmentHandler implements ICommandHandler<DeleteSegment> {
  constructor(
    private readonly database: Database,
    private readonly uses: AudienceUses,
  ) {}

  /** Raises SegmentNotFound and SegmentInUse. */
  async execute({ tenantId, id }: DeleteSegment): Promise<void> {
    await this.database.transaction(async () => {
      const found = await this.database.query(`select from segment where tenant_id = $1 and id = $2 for update`, [
        tenantId,
        id,
      ]);
      if (found.length === 0) throw new SegmentNotFound();
      if (await this.uses.isAny({ kind: 'segment', id })) throw new SegmentInUse();
      await this.database.query(`delete from segment where id = $1`, [id]);
    });
  }
}
