/** Expands an audience into messages, chunk by chunk: each contact, or each person, becomes a message in the ledger or is excluded. */
import { Injectable } from '@nestjs/common';
import { LaneQueue } from '../dispatch/index.js';
import { Database } from '../kernel/index.js';
import { CampaignChunks } from './campaign-chunks.js';
import { PeopleExpansion } from './channels/people-expansion.js';
import { ContactExpansion, type Expanded } from './contact-expansion.js';

/** The campaign was cancelled while a chunk was expanded: the chunk is rolled back. */
class Withdrawn extends Error {}
/** There are more people than may be written to without another approval: the chunk is rolled back. */
export class Outgrown extends Error {}

@Injectable()
export class AudienceExpansion {
  constructor(
    private readonly database: Database,
    private readonly lanes: LaneQueue,
    private readonly chunks: CampaignChunks,
    private readonly contacts: ContactExpansion,
    private readonly people: PeopleExpansion,
  ) {}

  /**
   * Expands the next chunk of people, or cuts one, and returns true; false when no free chunk is left. A chunk is expanded and
   * deleted in one transaction, so that each person is taken once, even after crashes. Chunks may be expanded in parallel. Raises Outgrown.
   */
  async expandNext(campaignId: string): Promise<boolean> {
    try {
      return (await this.expandChunk(campaignId)) || (await this.chunks.cut(campaignId));
    } catch (error) {
      if (error instanceof Withdrawn) return false;
      throw error;
    }
  }

  private expandChunk(campaignId: string): Promise<boolean> {
    return this.database.transaction(async () => {
      const chunk = await this.chunks.take(campaignId);
      if (!chunk) return false;
      const { part } = chunk;
      const expanded = await (part === ''
        ? this.contacts.expand(campaignId, chunk)
        : this.people.expand(campaignId, { ...chunk, part }));
      if (!(await this.chunks.mayStillExpand(campaignId))) throw new Withdrawn();
      await this.note(campaignId, expanded);
      await this.people.note(campaignId, expanded);
      await this.chunks.endIfThrough(campaignId);
      await this.lanes.wakeAfterCommit([...expanded.laneIds]);
      return true;
    });
  }

  private async note(campaignId: string, { people, excluded }: Expanded): Promise<void> {
    const [noted] = await this.database.query<{ outgrown: boolean | null }>(
      `update campaign set audience_count = audience_count + $2,
         excluded = (select coalesce(jsonb_object_agg(key, total), '{}') from (
           select key, sum(value::bigint) as total
           from (select * from jsonb_each_text(excluded) union all select * from jsonb_each_text($3::jsonb)) as reasons
           group by key) as counted)
       where id = $1 returning audience_count > people_at_most as outgrown`,
      [campaignId, people, JSON.stringify(excluded)],
    );
    if (noted?.outgrown === true) throw new Outgrown();
  }
}
