/** Reads campaigns: one, a page, or the exclusions of one. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, isUuid, pageOf, type Page, type PageQuery } from '../kernel/index.js';
import { hasApproval } from './approval/approval-store.js';
import { campaignView, SELECT_CAMPAIGNS, type CampaignRow } from './campaign.view.js';
import { Campaigns } from './campaigns.js';
import type { CampaignView, ExclusionView, ListCampaignsQuery } from './campaigns.dto.js';

export class GetCampaign extends Query<CampaignView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListCampaigns extends Query<Page<CampaignView>> {
  constructor(
    readonly tenantId: string,
    readonly filter: ListCampaignsQuery,
  ) {
    super();
  }
}

export class ListExclusions extends Query<Page<ExclusionView>> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(GetCampaign)
export class GetCampaignHandler implements IQueryHandler<GetCampaign> {
  constructor(private readonly campaigns: Campaigns) {}

  /** Raises CampaignNotFound. */
  execute({ tenantId, id }: GetCampaign): Promise<CampaignView> {
    return this.campaigns.view(tenantId, id);
  }
}

@QueryHandler(ListCampaigns)
export class ListCampaignsHandler implements IQueryHandler<ListCampaigns> {
  constructor(private readonly database: Database) {}

  /** Newest first. Raises InvalidCursor. */
  async execute({ tenantId, filter: { status, approval, limit, cursor } }: ListCampaigns): Promise<Page<CampaignView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.database.query<CampaignRow>(
      `${SELECT_CAMPAIGNS}
       where campaign.tenant_id = $1 and ($2::uuid is null or campaign.id < $2) and ($3::text is null or campaign.status = $3)
         and ($5::text is null or ${hasApproval('$5')})
       order by campaign.id desc limit $4`,
      [tenantId, before ?? null, status ?? null, limit + 1, approval ?? null],
    );
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), campaignView);
  }
}

@QueryHandler(ListExclusions)
export class ListExclusionsHandler implements IQueryHandler<ListExclusions> {
  constructor(
    private readonly database: Database,
    private readonly campaigns: Campaigns,
  ) {}

  /** By address. Raises CampaignNotFound and InvalidCursor. */
  async execute({ tenantId, id, page: { limit, cursor } }: ListExclusions): Promise<Page<ExclusionView>> {
    await this.campaigns.view(tenantId, id);
    const [after] = cursor ? decodeCursor(cursor, 1, (text) => !text.includes('\0')) : [];
    const rows = await this.database.query<ExclusionView>(
      `select address, reason from campaign_exclusion
       where campaign_id = $1 and ($2::text is null or address > $2) order by address limit $3`,
      [id, after ?? null, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      ({ address }) => encodeCursor(address),
      (row) => row,
    );
  }
}
