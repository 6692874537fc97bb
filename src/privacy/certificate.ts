/** Makes the certificate of an erasure. */
import { createHash } from 'node:crypto';
import { iso } from '../kernel/index.js';
import type { Certificate, ErasureRow } from './erasure-store.js';

/** By the rows as they are now. */
export function certificateOf(row: ErasureRow): Certificate {
  const content = {
    erasureId: row.id,
    tenantId: row.tenantId,
    kind: row.kind,
    requestedAt: iso(row.requestedAt),
    requestedBy: row.requestedBy,
    erasedAt: iso(row.erasedAt ?? row.requestedAt),
    watchedUntil: iso(row.watchedUntil ?? row.requestedAt),
    isFinal: row.state === 'done',
    tables: Object.entries(row.erased)
      .map(([table, { rows, at }]) => ({ table, rows, at }))
      .toSorted((left, right) => (left.table < right.table ? -1 : 1)),
  };
  return { ...content, contentHash: createHash('sha256').update(JSON.stringify(content)).digest('hex') };
}
