/** The chains of the audit log: where they end, and whether they are what they were. */
import { Injectable } from '@nestjs/common';
import { Database } from '../postgres/database.js';
import { CHAINED } from './audit.js';
import { genesisHash, type ChainedRecord } from './audit-chain.js';
import { ChainCheck, type Finding, type Place } from './chain-check.js';

/** The end of a chain: written down elsewhere, it is an anchor. */
export interface ChainHead extends Place {
  /** Null: the platform's. */
  readonly tenantId: string | null;
  /** Of the last record; ISO 8601 in UTC, to the microsecond. */
  readonly at: string;
}

export interface Verified {
  readonly chains: number;
  readonly records: number;
  readonly findings: readonly Finding[];
}

interface ChainRow extends ChainHead {
  readonly genesis: string;
  readonly baseSeq: number;
  readonly baseHash: string;
}

/** The chain of the platform. */
const PLATFORM = '00000000-0000-0000-0000-000000000000';
/** Records read at a time. */
const PAGE = 5_000;
/** The action of the record that says which records were retired. */
const RETIRED = 'audit.retire';

const HEAD = `nullif(chain, '${PLATFORM}') as "tenantId", seq::float8 as seq, encode(hash, 'hex') as hash,
  to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`;

/** The key of a chain: its tenant's id, or zeros for the platform's. */
export const chainOf = ({ tenantId }: { readonly tenantId: string | null }): string => tenantId ?? PLATFORM;

@Injectable()
export class AuditChains {
  constructor(private readonly database: Database) {}

  /** Up to `limit` ends of chains that have records, by their key and beyond one; of one tenant alone if it is given. */
  heads(tenantId: string | undefined, above: string | undefined, limit: number): Promise<ChainHead[]> {
    return this.database.query<ChainHead>(
      `select ${HEAD} from audit_chain
       where seq > 0 and ($1::uuid is null or chain = $1) and ($2::uuid is null or chain > $2) order by chain limit $3`,
      [tenantId ?? null, above ?? null, limit],
    );
  }

  /**
   * Reads every chain from its beginning, and does no harm to what is written meanwhile. Anchors are ends of chains as they were once; one of a record that was
   * retired since says nothing.
   */
  async verify(anchors: readonly ChainHead[] = []): Promise<Verified> {
    const anchored = Map.groupBy(anchors, chainOf);
    const findings: Finding[] = [];
    const chains = new Set([...(await this.known()), ...anchored.keys()]);
    let records = 0;
    for (const chain of chains) {
      const check = await this.check(chain, anchored.get(chain) ?? []);
      records += check.records;
      findings.push(...check.findings);
    }
    return { chains: chains.size, records, findings };
  }

  /** Retires the records of all months before a day, the first of a month at least a year ago. Returns how many. The owner's alone. */
  async retire(before: string): Promise<number> {
    const [row] = await this.database.query<{ retired: number }>('select retire_audit($1::date)::float8 as retired', [
      before,
    ]);
    return row?.retired ?? 0;
  }

  private async check(chain: string, anchors: readonly ChainHead[]): Promise<ChainCheck> {
    const tenantId = chain === PLATFORM ? null : chain;
    const head = await this.find(chain);
    const earlier = await genesisHash(this.records(tenantId, 'seq is null', 'id'));
    const after =
      head && head.baseSeq > 0
        ? { seq: head.baseSeq, hash: head.baseHash }
        : { seq: 0, hash: head?.genesis ?? earlier };
    const known = [...anchors, ...(head ? [head] : [])];
    const check = new ChainCheck({ tenantId, after, anchors: known.filter(({ seq }) => seq > after.seq) });
    if (earlier !== (after.seq > 0 ? await genesisHash([]) : after.hash)) check.tell('unchained', { seq: null });

    let isRetired = after.seq === 0;
    for await (const record of this.records(tenantId, 'seq is not null', 'seq')) {
      check.take(record);
      isRetired ||= record.action === RETIRED && retires(record.details, after);
    }
    check.end();
    if (!isRetired) check.tell('not_retired', { seq: 1, throughSeq: after.seq });
    const end = (await this.find(chain))?.seq ?? 0; // records that were written meanwhile moved it
    if (check.reached > end) check.tell('unchained', { seq: end + 1, throughSeq: check.reached });
    return check;
  }

  /** Those of records too, should the chain itself be gone. */
  private async known(): Promise<string[]> {
    const rows = await this.database.query<{ chain: string }>(
      `select chain from audit_chain union select coalesce(tenant_id, '${PLATFORM}') from audit_event order by chain`,
    );
    return rows.map(({ chain }) => chain);
  }

  private async find(chain: string): Promise<ChainRow | undefined> {
    const [row] = await this.database.query<ChainRow>(
      `select ${HEAD}, encode(genesis, 'hex') as genesis, base_seq::float8 as "baseSeq", encode(base_hash, 'hex') as "baseHash"
       from audit_chain where chain = $1`,
      [chain],
    );
    return row;
  }

  private async *records(
    tenantId: string | null,
    which: string,
    order: 'id' | 'seq',
  ): AsyncGenerator<ChainedRecord, void, undefined> {
    const whose = tenantId === null ? '$1::uuid is null and tenant_id is null' : 'tenant_id = $1';
    for (let above: string | number | null = null; ;) {
      const rows: ChainedRecord[] = await this.database.query<ChainedRecord>(
        `select ${CHAINED} from audit_event where ${whose} and ${which} and ($2::text is null or ${order} > ($2::text)::${order === 'id' ? 'uuid' : 'bigint'})
         order by ${order} limit ${PAGE}`,
        [tenantId, above === null ? null : String(above)],
      );
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      above = last[order];
    }
  }
}

const retires = (details: unknown, { seq, hash }: Place): boolean => {
  const { through, hash: last } = details as { readonly through?: unknown; readonly hash?: unknown };
  return through === seq && last === hash;
};
