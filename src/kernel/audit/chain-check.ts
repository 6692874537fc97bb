/** Goes along one chain of the audit log, and tells each place where it is not what it was. */
import { linkHash, type ChainedRecord } from './audit-chain.js';

export const FAULTS = ['altered', 'deleted', 'disordered', 'relinked', 'cut', 'unchained', 'not_retired'] as const;
/**
 * `altered`: a record that is not what its hash is of, or that the chain's end or an anchor names. `deleted`: records that are missing. `disordered`: one that comes a second
 * time, or too late. `relinked`: one that was linked to another than comes before it. `cut`: the end is missing. `unchained`: records that no chain
 * holds. `not_retired`: the beginning is missing, and no record says that it was retired.
 */
export type Fault = (typeof FAULTS)[number];

export interface Finding {
  /** Null: of the platform's chain. */
  readonly tenantId: string | null;
  readonly fault: Fault;
  /** The place of the record, or of the first of several; null where there is none. */
  readonly seq: number | null;
  /** The last of several. */
  readonly throughSeq?: number;
  /** The id of the record, where it is there. */
  readonly id?: string;
}

/** A record of a chain that is known by its hash. */
export interface Place {
  readonly seq: number;
  readonly hash: string;
}

export interface CheckOptions {
  readonly tenantId: string | null;
  /** What the first record follows; unknown for a part of a chain. */
  readonly after?: Place | undefined;
  /** Records may be left out, as by a filter. */
  readonly isPart?: boolean;
  /** Records that are known to have been there: the chain's end, and what was written down elsewhere. */
  readonly anchors?: readonly Place[];
}

export class ChainCheck {
  readonly findings: Finding[] = [];
  /** How many records of the chain were looked at. */
  records = 0;
  private readonly anchors: ReadonlyMap<number, readonly Place[]>;
  private last: Place | undefined;

  constructor(private readonly options: CheckOptions) {
    this.last = options.after;
    this.anchors = Map.groupBy(options.anchors ?? [], ({ seq }) => seq);
  }

  /** How far the chain goes; 0 without a record. */
  get reached(): number {
    return this.last?.seq ?? 0;
  }

  /** The next record. */
  take(record: ChainedRecord): void {
    const { seq, hash, previousHash, id } = record;
    if (seq === null || hash === null || previousHash === null) return this.tell('unchained', { seq, id });
    this.records += 1;
    const isAnchored = (this.anchors.get(seq) ?? []).every((anchor) => anchor.hash === hash);
    if (linkHash(previousHash, record) !== hash || !isAnchored) this.tell('altered', { seq, id });
    this.follow(seq, previousHash, id);
    if (seq > this.reached) this.last = { seq, hash };
  }

  /** After the last record. */
  end(): void {
    const furthest = Math.max(this.reached, ...this.anchors.keys());
    if (furthest > this.reached) this.tell('cut', { seq: this.reached + 1, throughSeq: furthest });
  }

  tell(fault: Fault, where: Omit<Finding, 'tenantId' | 'fault'>): void {
    this.findings.push({ tenantId: this.options.tenantId, fault, ...where });
  }

  private follow(seq: number, previousHash: string, id: string): void {
    const { last } = this;
    if (!last) return;
    if (seq <= last.seq) return this.tell('disordered', { seq, id });
    if (seq === last.seq + 1) {
      if (previousHash !== last.hash) this.tell('relinked', { seq, id });
    } else if (!this.options.isPart) this.tell('deleted', { seq: last.seq + 1, throughSeq: seq - 1 });
  }
}
