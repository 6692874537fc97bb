/** Errors of campaigns. */
import { DomainError } from '../kernel/index.js';
import { ALLOWED, DONE, type CampaignAction, type CampaignState } from './campaign.states.js';

export class CampaignNotFound extends DomainError {
  readonly code = 'campaign_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no campaign with this id');
  }
}

export class CampaignInState extends DomainError {
  readonly code = 'campaign_state';
  readonly kind = 'conflict';

  constructor(action: CampaignAction, state: CampaignState) {
    super(`The campaign is ${state}: only one that is ${ALLOWED[action].join(' or ')} can be ${DONE[action]}`);
  }
}

export class CategoriesDiffer extends DomainError {
  readonly code = 'categories_differ';
  readonly kind = 'unprocessable';
  override readonly field = 'category';

  constructor(categories: readonly string[]) {
    super(
      `The templates of the channels are of different categories (${categories.join(', ')}): say which by \`category\`, or use templates of one`,
    );
  }
}

export class ChannelNotInCampaign extends DomainError {
  readonly code = 'channel_not_in_campaign';
  readonly kind = 'unprocessable';
  override readonly field = 'channel';

  constructor(channels: readonly string[]) {
    super(`The campaign does not go over this channel, but over ${channels.join(' and ')}`);
  }
}

export class VariantNotInCampaign extends DomainError {
  readonly code = 'variant_not_in_campaign';
  readonly kind = 'unprocessable';
  override readonly field = 'variant';

  constructor(templateKeys: readonly string[]) {
    super(
      templateKeys.length === 0
        ? 'The campaign has no variants: leave `variant` out'
        : `The campaign does not try this template, but ${templateKeys.join(' and ')}`,
    );
  }
}

export class NoTestUnderWay extends DomainError {
  readonly code = 'no_test_under_way';
  readonly kind = 'conflict';

  constructor() {
    super('The campaign has no test whose winner is still to be decided');
  }
}

export class AudienceEmpty extends DomainError {
  readonly code = 'audience_empty';
  readonly kind = 'unprocessable';
  override readonly field = 'audienceId';

  constructor(kinds: readonly string[]) {
    const lacking = [...new Set(kinds)].map((kind) => (kind === 'email' ? 'an email address' : 'a phone number'));
    super(
      `Nobody in the audience, or in its segment, has ${lacking.join(' or ')}: import some first, or change the segment’s rule`,
    );
  }
}

export class AudienceLacksVariables extends DomainError {
  readonly code = 'audience_lacks_variables';
  readonly kind = 'unprocessable';
  override readonly field = 'audienceId';

  constructor(names: readonly string[]) {
    super(
      `No contact of the audience has all that the template needs (${names.map((name) => `\`${name}\``).join(', ')}): import these attributes, or give the variables a \`default\``,
    );
  }
}

export class AudienceNotRendered extends DomainError {
  readonly code = 'audience_not_rendered';
  readonly kind = 'unprocessable';

  constructor(failing: Readonly<Record<string, number>>) {
    const reasons = Object.entries(failing).map(([reason, count]) => `${reason}: ${count}`);
    super(
      `The template can be rendered for nobody of the audience (${reasons.join(', ')}): check it with a contact’s attributes in its preview`,
    );
  }
}

export class NoExampleContact extends DomainError {
  readonly code = 'no_example_contact';
  readonly kind = 'unprocessable';
  override readonly field = 'data';

  constructor(names: readonly string[]) {
    super(
      `The audience has nobody to take the data from that the template needs (${names.map((name) => `\`${name}\``).join(', ')}): give them as \`data\`, or import contacts`,
    );
  }
}

export class ApprovalNeeded extends DomainError {
  readonly code = 'approval_needed';
  readonly kind = 'conflict';

  constructor(people: number, from: number) {
    super(
      `The campaign is for ${people} people, and from ${from} on a second person must approve it as it is now: ask for its approval`,
    );
  }
}

export class ApprovalOutdated extends DomainError {
  readonly code = 'approval_outdated';
  readonly kind = 'conflict';
  override readonly field = 'digest';

  constructor() {
    super('The campaign is no longer what you have reviewed: look at it again, and approve its present digest');
  }
}

export class OwnApproval extends DomainError {
  readonly code = 'own_approval';
  readonly kind = 'forbidden';

  constructor() {
    super('You made, changed or scheduled the campaign, or asked for its approval: somebody else must approve it');
  }
}

export class CampaignOverdue extends DomainError {
  readonly code = 'campaign_overdue';
  readonly kind = 'unprocessable';
  override readonly field = 'expiresAt';

  constructor(message = 'The campaign’s expiresAt has passed: set a later one, or none') {
    super(message);
  }
}
