/** Verifies an export of the audit log, apart from any database. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { chainOf, type ChainHead, type Verified } from './audit-chains.js';
import type { ChainedRecord } from './audit-chain.js';
import { ChainCheck } from './chain-check.js';

/** Raised for a text that is no export in JSON Lines; `line` is the first that is none. */
export class NoAuditExport extends Error {
  constructor(readonly line: number) {
    super(`Line ${line} is no record of the audit log`);
    this.name = 'NoAuditExport';
  }
}

/**
 * Reads records in JSON Lines. What was there before the first and after the last of a chain is known by anchors alone; with `isPart` records may be left out between
 * them. Raises NoAuditExport.
 */
export async function verifyExport(
  text: Readable,
  { anchors = [], isPart = false }: { readonly anchors?: readonly ChainHead[]; readonly isPart?: boolean } = {},
): Promise<Verified> {
  const anchored = Map.groupBy(anchors, chainOf);
  const checks = new Map<string, ChainCheck>();
  let line = 0;
  for await (const row of createInterface({ input: text, crlfDelay: Infinity })) {
    line += 1;
    if (row.trim() === '') continue;
    const record = recordIn(row, line);
    const chain = chainOf(record);
    const check =
      checks.get(chain) ?? new ChainCheck({ tenantId: record.tenantId, isPart, anchors: anchored.get(chain) ?? [] });
    checks.set(chain, check);
    if (record.seq !== null) check.take(record); // those from before the chain are known by the database alone
  }
  const all = [...checks.values()];
  if (!isPart) for (const check of all) check.end();
  return {
    chains: all.length,
    records: all.reduce((sum, { records }) => sum + records, 0),
    findings: all.flatMap(({ findings }) => findings),
  };
}

function recordIn(row: string, line: number): ChainedRecord {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch (error) {
    throw error instanceof SyntaxError ? new NoAuditExport(line) : error;
  }
  if (!isRecord(value)) throw new NoAuditExport(line);
  return value;
}

/** Whatever else is wrong with it is told by its hash. */
function isRecord(value: unknown): value is ChainedRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, id, tenantId, hash, previousHash } = value as Partial<Record<keyof ChainedRecord, unknown>>;
  if (seq === null) return true;
  return (
    Number.isSafeInteger(seq) &&
    [id, hash, previousHash].every((text) => typeof text === 'string') &&
    (tenantId === null || typeof tenantId === 'string')
  );
}
