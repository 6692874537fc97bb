/** Errors of a campaign's references, as documentation examples. */
import { BudgetCurrencyDiffers } from '../billing/index.js';
import { ChannelDisabled, IdentificationMissing } from '../dispatch/index.js';
import { AttachmentsTooLarge, ContentIdTaken, FileNotFound, PictureRequired } from '../files/index.js';
import { TemplateMismatch, TemplateNotApproved, TemplateNotFound } from '../templates/index.js';
import { NoSender, SenderInactive, SenderNotFound, VenueNotFound } from '../tenants/index.js';
import { AudienceNotFound } from '../audiences/index.js';
import {
  ApprovalNeeded,
  AudienceEmpty,
  AudienceLacksVariables,
  AudienceNotRendered,
  CampaignOverdue,
  CategoriesDiffer,
} from './campaigns.errors.js';

export const REFERENCES = [
  new ChannelDisabled('sms'),
  new IdentificationMissing(['opt_out'], 'templateKey'),
  new VenueNotFound(),
  new AudienceNotFound().at('audienceId'),
  new TemplateNotFound().at('templateKey'),
  new TemplateMismatch('The template is for email: use a template for sms, or another channel', 'channel'),
  new SenderNotFound(),
  new SenderInactive(),
  new NoSender('sms'),
  new CategoriesDiffer(['marketing', 'transactional']),
  new FileNotFound().at('attachments[0].id'),
  new PictureRequired('application/pdf').at('attachments[0].contentId'),
  new ContentIdTaken().at('attachments[0].contentId'),
  new AttachmentsTooLarge(12_000_000, 8_000_000, 'ses'),
];

export const DRAFTED = [...REFERENCES, new BudgetCurrencyDiffers('USD').at('budget.money.currency')];

export const LAUNCH = [
  new ApprovalNeeded(12_000, 10_000),
  new AudienceEmpty(['email']),
  new AudienceLacksVariables(['order.id']),
  new AudienceNotRendered({ render_failed: 2 }),
  new CampaignOverdue(),
  new TemplateNotApproved('paused'),
];
