/** Sends messages that reached nobody once more, by the hundred. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ResendMessage } from '../dispatch/index.js';
import {
  Audit,
  Database,
  decodeCursor,
  DomainError,
  encodeCursor,
  isUuid,
  SqlValues,
  type Principal,
} from '../kernel/index.js';
import type { ResentView } from './desk-views.dto.js';
import type { ResendManyBody } from './desk.dto.js';
import { meant } from './desk.filter.js';

/** Messages that one request looks at, where few are what is asked for. */
const LOOKS_AT = 20_000;

export class ResendMany extends Command<ResentView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly input: ResendManyBody,
  ) {
    super();
  }
}

@CommandHandler(ResendMany)
export class ResendManyHandler implements ICommandHandler<ResendMany> {
  constructor(
    private readonly database: Database,
    private readonly commands: CommandBus,
    private readonly audit: Audit,
  ) {}

  /**
   * The oldest first, each as a message of its own with today's consent; one that another has followed already is passed over, so
   * that asking twice sends once. Raises InvalidCursor.
   */
  execute({ caller, tenantId, input: { cursor, limit, ...asked } }: ResendMany): Promise<ResentView> {
    const [after] = cursor === undefined ? [] : decodeCursor(cursor, 1, isUuid);
    return this.database.transaction(async () => {
      const { ids, lookedTo } = await this.find(tenantId, { ...asked, limit }, after);
      const refused: Record<string, number> = {};
      for (const id of ids) {
        const code = await this.resend(tenantId, id);
        if (code !== undefined) refused[code] = (refused[code] ?? 0) + 1;
      }
      const messages = ids.length - Object.values(refused).reduce((sum, count) => sum + count, 0);
      await this.audit.record(caller, 'message.resend', { filter: asked, messages, refused });
      return { messages, refused, nextCursor: lookedTo === null ? null : encodeCursor(lookedTo) };
    });
  }

  private async find(
    tenantId: string,
    { status, limit, ...filter }: Omit<ResendManyBody, 'cursor'>,
    after: string | undefined,
  ): Promise<{ ids: string[]; lookedTo: string | null }> {
    const values = new SqlValues(limit, status);
    const span = values.all([
      ...meant(tenantId, { since: filter.since, until: filter.until }),
      [(place) => `message.id > ${place}::uuid`, after],
    ]);
    const rest = values.all(meant(undefined, { ...filter, since: undefined, until: undefined }));
    const [found] = await this.database.query<{ ids: string[] | null; looked: number; last: string | null }>(
      `with looked as materialized (
         select message.* from message where ${span} order by id limit ${LOOKS_AT}
       ), found as (
         select id from looked as message where status = $2 and followed_by is null ${rest && `and ${rest}`} order by id limit $1
       )
       select (select array_agg(id order by id) from found) as ids, (select count(*)::int from looked) as looked,
         (select id from looked order by id desc limit 1) as last`,
      values.list,
    );
    const ids = found?.ids ?? [];
    const isFull = ids.length === limit;
    const isCut = found?.looked === LOOKS_AT;
    return { ids, lookedTo: isFull ? (ids.at(-1) ?? null) : isCut ? found.last : null };
  }

  private async resend(tenantId: string, id: string): Promise<string | undefined> {
    try {
      await this.commands.execute(new ResendMessage(tenantId, id));
      return undefined;
    } catch (error) {
      if (error instanceof DomainError) return error.code;
      throw error;
    }
  }
}
