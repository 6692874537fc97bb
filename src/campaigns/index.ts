/** The public API of campaigns: sends to a whole audience. */
import { Campaign } from './campaign.entity.js';

export { CampaignMoved } from './campaign-moved.event.js';
export { CAMPAIGNS } from './campaign.queue.js';
export { CAMPAIGN_NAMES } from './campaigns.sql.js';
export { CampaignsModule } from './campaigns.module.js';

export const campaignEntities = [Campaign];
