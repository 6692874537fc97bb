/** The counts of usage, by day and scope. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { BudgetUses, type NewUse } from '../budgets/budget-uses.js';
import { firstOf } from '../month.js';
import {
  countsOf,
  engagementOf,
  receivedOf,
  type Counts,
  type EngagementCounts,
  type ReceivedCounts,
} from './usage.rules.js';
import type { FactGroup } from './usage-facts.js';
import { UsageScopes } from './usage-scopes.js';

/** What events of one day and scope add. */
export interface RollupRow extends Counts, EngagementCounts, ReceivedCounts {
  readonly tenant_id: string;
  readonly day: string;
  readonly scope_id: number;
}

export const COUNTS = [
  'messages',
  'segments',
  'delivered',
  'failed',
  'stopped',
  'opened',
  'clicked',
  'answered',
  'read',
  'unsubscribed',
  'machine_opened',
  'machine_clicked',
  'received',
  'received_segments',
] as const satisfies readonly (keyof RollupRow)[];

/** A relation for other parts' statements. */
export const USAGE = `(
  select usage_rollup.tenant_id, day, scope_id, ${COUNTS.join(', ')}, venue_id, channel, category, type, campaign_id, template_id, provider, country, direction
  from usage_rollup join usage_scope on usage_scope.id = scope_id)`;

@Injectable()
export class UsageRollup {
  constructor(
    private readonly database: Database,
    private readonly scopes: UsageScopes,
    private readonly uses: BudgetUses,
  ) {}

  /** Adds what groups of events say, also to what is used of budgets. Answers the scope of each. */
  async add(groups: readonly FactGroup[]): Promise<readonly number[]> {
    const scopeIds = await this.scopes.idsOf(groups);
    const rows = rowsOf(groups, scopeIds);
    if (rows.length === 0) return scopeIds;
    await this.database.query(
      `insert into usage_rollup as usage (tenant_id, day, scope_id, ${COUNTS.join(', ')})
       select tenant_id, day, scope_id, ${COUNTS.join(', ')} from jsonb_to_recordset($1::jsonb) as row (tenant_id uuid, day date, scope_id int,
         ${COUNTS.map((name) => `${name} bigint`).join(', ')})
       on conflict (tenant_id, day, scope_id) do update set
         ${COUNTS.map((name) => `${name} = usage.${name} + excluded.${name}`).join(', ')}`,
      [JSON.stringify(rows)],
    );
    await this.uses.add(groups.flatMap((group, place) => useOf(group, scopeIds[place])));
    return scopeIds;
  }
}

function useOf(group: FactGroup, scopeId = 0): NewUse[] {
  const { tenant_id, day, root_campaign_id } = group;
  const messages = Number(new Map(countsOfGroup(group)).get('messages'));
  if (messages === 0) return [];
  return [
    { tenant_id, month: firstOf(day), currency: null, scope_id: scopeId, root_campaign_id, used: String(messages) },
  ];
}

/** What groups of events add up to; rows that add nothing are absent. */
export function rowsOf(groups: readonly FactGroup[], scopeIds: readonly number[]): RollupRow[] {
  const rows = new Map<string, Record<(typeof COUNTS)[number], number>>();
  for (const [place, group] of groups.entries()) {
    const key = JSON.stringify([group.tenant_id, group.day, scopeIds[place]]);
    const row = rows.get(key) ?? { ...NOTHING };
    for (const [name, count] of countsOfGroup(group)) row[name] += count;
    rows.set(key, row);
  }
  return [...rows].flatMap(([key, counts]) => {
    if (Object.values(counts).every((count) => count === 0)) return [];
    const [tenant_id, day, scope_id] = JSON.parse(key) as [string, string, number];
    return [{ tenant_id, day, scope_id, ...counts }];
  });
}

const NOTHING: Readonly<Record<(typeof COUNTS)[number], number>> = {
  messages: 0,
  segments: 0,
  delivered: 0,
  failed: 0,
  stopped: 0,
  opened: 0,
  clicked: 0,
  answered: 0,
  read: 0,
  unsubscribed: 0,
  machine_opened: 0,
  machine_clicked: 0,
  received: 0,
  received_segments: 0,
};

/** Segments are summed up; all else is once for each fact. */
const SEGMENTS: readonly (typeof COUNTS)[number][] = ['segments', 'received_segments'];

function countsOfGroup({ kind, previous, facts, segments }: FactGroup): [(typeof COUNTS)[number], number][] {
  const one = { ...countsOf(kind, previous, 1), ...engagementOf(kind), ...receivedOf(kind, 1) };
  return COUNTS.map((name) => [name, one[name] * (SEGMENTS.includes(name) ? segments : facts)]);
}
