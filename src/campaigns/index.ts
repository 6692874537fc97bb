/** The door of campaigns: audiences, and what is sent to all of one. */
import { Campaign } from './campaign.entity.js';

export { CampaignMoved } from './campaign-moved.event.js';
export { CampaignsModule } from './campaigns.module.js';

export const campaignEntities = [Campaign];
