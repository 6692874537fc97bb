/** How venues present themselves to people: read for every email of a campaign, so from memory; changes are visible within two seconds. */
import { Injectable } from '@nestjs/common';
import { Database, ShortCache } from '../../kernel/index.js';
import { VenueNotFound } from '../tenants.errors.js';
import type { KeywordReplies } from './venue.entity.js';

export interface VenueProfile {
  readonly tenantId: string;
  readonly name: string;
  /** Where it takes mail of people who want to leave its marketing; null if nowhere. */
  readonly unsubscribeEmail: string | null;
  /** What it answers to keywords; null: nothing. */
  readonly keywordReplies: KeywordReplies | null;
}

const CACHE_MS = 2_000;

@Injectable()
export class VenueProfiles {
  private readonly profiles = new ShortCache<VenueProfile>(CACHE_MS);

  constructor(private readonly database: Database) {}

  /** Raises VenueNotFound. */
  of(venueId: string): Promise<VenueProfile> {
    return this.profiles.get(venueId, async () => {
      const [profile] = await this.database.query<VenueProfile>(
        `select tenant_id as "tenantId", name, unsubscribe_email as "unsubscribeEmail", keyword_replies as "keywordReplies"
         from venue where id = $1`,
        [venueId],
      );
      if (!profile) throw new VenueNotFound();
      return profile;
    });
  }

  /** Call after a change in this process: the next lookup reads from the database. */
  forget(venueId: string): void {
    this.profiles.forget(venueId);
  }
}
