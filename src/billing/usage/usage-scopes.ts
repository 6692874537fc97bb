/** What usage and amounts are summed up by: each combination once, under a small number. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { idsOfCombinations, type CombinationTable } from '../combinations.js';
import type { Direction } from '../prices/price-line.js';

export const MESSAGE_TYPES = ['TRANSACTIONAL', 'BULK'] as const;
/** `BULK` are a campaign's. */
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Named as the columns of `usage_scope`. */
export interface Scope {
  readonly tenant_id: string;
  /** Null for a message that is no longer in the ledger. */
  readonly venue_id: string | null;
  readonly channel: string;
  readonly category: string;
  readonly type: MessageType;
  readonly campaign_id: string | null;
  readonly template_id: string | null;
  readonly provider: string;
  /** Of the person's number; null for email. */
  readonly country: string | null;
  readonly direction: Direction;
}

const SCOPES: CombinationTable<Scope> = {
  name: 'usage_scope',
  columns: {
    tenant_id: 'uuid',
    venue_id: 'uuid',
    channel: 'text',
    category: 'text',
    type: 'text',
    campaign_id: 'uuid',
    template_id: 'uuid',
    provider: 'text',
    country: 'text',
    direction: 'text',
  },
  usual: { direction: 'outbound' },
};

@Injectable()
export class UsageScopes {
  constructor(private readonly database: Database) {}

  /** The number of each, in order; those that are new are made. */
  idsOf(scopes: readonly Scope[]): Promise<number[]> {
    return idsOfCombinations(this.database, SCOPES, scopes);
  }
}
