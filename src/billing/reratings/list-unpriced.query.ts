/** Lists what has no known price, and why: the largest groups first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import type { UnpricedLine } from './unpriced.dto.js';

/** Of all tenants. */
export class ListUnpriced extends Query<UnpricedLine[]> {}

/** There are as many as combinations of reasons and countries. */
const MOST_LINES = 1_000;

const lackOf = (side: 'cost' | 'charge'): string => `
  select '${side}' as side, ${side}_unknown as reason, channel, provider, country, sum(without_${side})::float8 as amounts,
    count(distinct amount.tenant_id)::int as tenants, min(day)::text as "firstDay", max(day)::text as "lastDay"
  from amount_rollup as amount join usage_scope on usage_scope.id = scope_id
  where (without_cost <> 0 or without_charge <> 0) and ${side}_unknown is not null
  group by ${side}_unknown, channel, provider, country having sum(without_${side}) > 0`;

@QueryHandler(ListUnpriced)
export class ListUnpricedHandler implements IQueryHandler<ListUnpriced> {
  constructor(private readonly database: Database) {}

  execute(): Promise<UnpricedLine[]> {
    return this.database.query<UnpricedLine>(
      `${lackOf('charge')} union all ${lackOf('cost')}
       order by amounts desc, side, reason, channel, provider, country limit ${MOST_LINES}`,
    );
  }
}
