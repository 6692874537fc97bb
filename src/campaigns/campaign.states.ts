/** All campaign states, and the actions allowed in each. */

export const CAMPAIGN_STATES = ['DRAFT', 'SCHEDULED', 'SENDING', 'PAUSED', 'SENT', 'CANCELLED', 'FAILED'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/**
 * The states in which each action is allowed. `FAILED` is a campaign that could not start on time: nothing was sent, so it may
 * be changed, launched and scheduled again. What follows the messages of one that is `SENT` may wait for its budget.
 */
export const ALLOWED = {
  edit: ['DRAFT', 'SCHEDULED', 'FAILED'],
  throttle: ['DRAFT', 'SCHEDULED', 'FAILED', 'SENDING', 'PAUSED'],
  budget: ['DRAFT', 'SCHEDULED', 'FAILED', 'SENDING', 'PAUSED', 'SENT'],
  delete: ['DRAFT', 'FAILED'],
  schedule: ['DRAFT', 'SCHEDULED', 'FAILED'],
  launch: ['DRAFT', 'SCHEDULED', 'FAILED'],
  review: ['DRAFT', 'SCHEDULED', 'FAILED'],
  decide: ['SENDING', 'PAUSED'],
  outgrow: ['SENDING', 'PAUSED'],
  pause: ['SENDING'],
  resume: ['PAUSED'],
  cancel: ['SCHEDULED', 'SENDING', 'PAUSED'],
} as const satisfies Record<string, readonly CampaignState[]>;
export type CampaignAction = keyof typeof ALLOWED;

/** The action in words, for the error message. */
export const DONE: Readonly<Record<CampaignAction, string>> = {
  edit: 'changed',
  throttle: 'throttled',
  budget: 'given a budget',
  delete: 'deleted',
  schedule: 'scheduled',
  launch: 'launched',
  review: 'reviewed',
  decide: 'decided',
  outgrow: 'held',
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
};

export const isAllowed = (action: CampaignAction, state: CampaignState): boolean =>
  (ALLOWED[action] as readonly CampaignState[]).includes(state);
