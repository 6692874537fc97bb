/** The decisions in force at a venue, in the order of channel and address. */
import { Injectable } from '@nestjs/common';
import { Database, iso } from '../../kernel/index.js';
import { consentChannel, type Channel } from '../../tenants/index.js';
import type { Decision, OptOutCategory } from '../consent.entity.js';
import { CONSENT_STATES } from '../marketing-opt-outs.sql.js';
import type { ConsentStateView } from './consent-list.dto.js';

export interface ConsentFilter {
  readonly venueId: string;
  readonly channel?: Channel;
  readonly status?: Decision;
}

/** A place in the order: what follows is after it. */
export type ConsentPlace = readonly [channel: string, address: string];

interface Row {
  readonly channel: string;
  readonly address: string;
  readonly status: Decision;
  readonly category: OptOutCategory | null;
  readonly source: string;
  readonly occurred_at: string;
  readonly updated_at: string;
}

@Injectable()
export class ConsentStates {
  constructor(private readonly database: Database) {}

  /** At most `limit` of them. */
  async after(
    { venueId, channel, status }: ConsentFilter,
    place: ConsentPlace | undefined,
    limit: number,
  ): Promise<ConsentStateView[]> {
    const [afterChannel, afterAddress] = place ?? ['', ''];
    const rows = await this.database.query<Row>(
      `select channel, address, status, category, source, occurred_at, updated_at from ${CONSENT_STATES} as state
       where venue_id = $1 and (channel, address) > ($2, $3)
         and ($4::text is null or channel = $4) and ($5::text is null or status = $5)
       order by venue_id, channel, address limit $6`,
      [venueId, afterChannel, afterAddress, channel ? consentChannel(channel) : null, status ?? null, limit],
    );
    return rows.map(({ occurred_at, updated_at, ...row }) => ({
      ...row,
      occurredAt: iso(occurred_at),
      updatedAt: iso(updated_at),
    }));
  }
}
