/** Errors of a campaign's references, as documentation examples. */
import { BudgetCurrencyDiffers } from '../billing/index.js';
import { ChannelDisabled } from '../dispatch/index.js';
import { TemplateMismatch, TemplateNotApproved, TemplateNotFound } from '../templates/index.js';
import { NoSender, SenderInactive, SenderNotFound, VenueNotFound } from '../tenants/index.js';
import { AudienceNotFound } from '../audiences/index.js';
import {
  AudienceEmpty,
  AudienceLacksVariables,
  AudienceNotRendered,
  CampaignOverdue,
  CategoriesDiffer,
} from './campaigns.errors.js';

export const REFERENCES = [
  new ChannelDisabled('sms'),
  new VenueNotFound(),
  new AudienceNotFound().at('audienceId'),
  new TemplateNotFound().at('templateKey'),
  new TemplateMismatch('The template is for email: use a template for sms, or another channel', 'channel'),
  new SenderNotFound(),
  new SenderInactive(),
  new NoSender('sms'),
  new CategoriesDiffer(['marketing', 'transactional']),
];

export const DRAFTED = [...REFERENCES, new BudgetCurrencyDiffers('USD').at('budget.money.currency')];

export const LAUNCH = [
  new AudienceEmpty(['email']),
  new AudienceLacksVariables(['order.id']),
  new AudienceNotRendered({ render_failed: 2 }),
  new CampaignOverdue(),
  new TemplateNotApproved('paused'),
];
