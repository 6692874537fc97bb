/** Finds out whom campaigns are for. */
import { Injectable } from '@nestjs/common';
import { AudienceStore, personWith, Segments, SegmentStore } from '../../audiences/index.js';
import { Database, instant, lookingUp } from '../../kernel/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { Selection } from './selection.js';

interface Audience {
  readonly audienceId: string;
  readonly segmentId?: string | null | undefined;
}

interface Asked extends Audience {
  readonly frequencyCapDays?: number | null | undefined;
}

/** Columns of a launched campaign. */
export interface LaunchedSelection {
  readonly tenant_id: string;
  readonly audience_id: string;
  /** Of the segment, as it was at launch; null for the whole audience. */
  readonly segment_rule: Record<string, unknown> | null;
  readonly frequency_cap_days: number | null;
  readonly launched_at: string;
}

const DAY_MS = 86_400_000;

@Injectable()
export class Selections {
  constructor(
    private readonly audiences: AudienceStore,
    private readonly store: SegmentStore,
    private readonly segments: Segments,
    private readonly database: Database,
    private readonly directory: SenderDirectory,
  ) {}

  /**
   * Prevents the deletion of the audience and the segment until the open transaction ends, and answers the segment's rule; null for a whole
   * audience. Raises AudienceNotFound and SegmentNotFound.
   */
  async hold(tenantId: string, { audienceId, segmentId }: Audience): Promise<Record<string, unknown> | null> {
    await lookingUp('audienceId', this.audiences.hold(tenantId, audienceId));
    if (segmentId === null || segmentId === undefined) return null;
    return lookingUp('segmentId', this.store.hold(tenantId, audienceId, segmentId));
  }

  /** As a launch now would fix it. Raises what `hold` raises. */
  async now(tenantId: string, asked: Asked): Promise<Selection> {
    const { audienceId, frequencyCapDays: days = null } = asked;
    return this.of({ tenantId, audienceId, rule: await this.hold(tenantId, asked), days, at: new Date() });
  }

  /** As the launch has fixed it: the rule, and the moment from which days are counted back. */
  launched(row: LaunchedSelection): Promise<Selection> {
    const { tenant_id: tenantId, audience_id: audienceId, segment_rule: rule, frequency_cap_days: days } = row;
    return this.of({ tenantId, audienceId, rule, days, at: instant(row.launched_at) });
  }

  /** Why a launch now would leave a person out, who has this address in the audience; null if it would not, for these reasons. */
  async leftOut(tenantId: string, asked: Asked, address: string): Promise<'not_in_segment' | 'written_lately' | null> {
    const { members, isWritten, values } = (await this.now(tenantId, asked)).sql(3);
    const [person] = await this.database.query<{ is_member: boolean | null; is_written: boolean | null }>(
      `select bool_or(${members}) as is_member, bool_or(${isWritten('contact.address')}) as is_written
       from (${personWith('$1::uuid', '$2::text')}) as contact`,
      [asked.audienceId, address, ...values],
    );
    if (person?.is_member !== true) return 'not_in_segment';
    return person.is_written === true ? 'written_lately' : null;
  }

  private async of(asked: {
    readonly tenantId: string;
    readonly audienceId: string;
    readonly rule: Record<string, unknown> | null;
    readonly days: number | null;
    readonly at: Date;
  }): Promise<Selection> {
    const { tenantId, audienceId, rule, days, at } = asked;
    const members = await this.segments.members(tenantId, rule, at);
    const since = days === null ? undefined : new Date(at.getTime() - days * DAY_MS);
    const { allowedCountries } = await this.directory.tenant(tenantId);
    return new Selection(audienceId, members, since && { tenantId, since }, allowedCountries);
  }
}
