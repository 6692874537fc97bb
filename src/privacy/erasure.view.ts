/** An erasure as the API shows it. */
import { iso } from '../kernel/index.js';
import type { ErasureRow } from './erasure-store.js';
import type { ErasureView } from './privacy.dto.js';

export const erasureView = (row: ErasureRow): ErasureView => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  requestedBy: row.requestedBy,
  requestedAt: iso(row.requestedAt),
  erasedAt: iso(row.erasedAt),
  watchedUntil: iso(row.watchedUntil),
});
