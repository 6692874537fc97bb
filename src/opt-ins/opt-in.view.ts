/** A request as answered. */
import { iso } from '../kernel/index.js';
import type { OptInRequestRow } from './opt-in-requests.js';
import type { OptInRequestView } from './opt-ins.dto.js';

export const optInRequestView = (row: OptInRequestRow): OptInRequestView => ({
  id: row.id,
  venueId: row.venueId,
  channel: row.channel,
  address: row.address,
  status: row.status,
  source: row.source,
  evidence: row.evidence,
  requestedBy: row.requestedBy,
  messageId: row.messageId,
  createdAt: iso(row.createdAt),
  expiresAt: iso(row.expiresAt),
  confirmedAt: row.confirmedAt && iso(row.confirmedAt),
  confirmedBy: row.confirmedBy,
});
