/** Relations for other modules' statements, which join these instead of our tables. */

export const CAMPAIGN_NAMES = '(select id, name from campaign)';
