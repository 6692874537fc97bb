/** Errors of accepting messages, as documentation examples. */
import { ChannelNotSupported } from '../lanes/lanes.errors.js';
import {
  ADDRESS_PROBLEMS,
  NoSender,
  SenderInactive,
  SenderNotFound,
  VenueNotFound,
  VenueRequired,
} from '../../tenants/index.js';
import { HostDataNotConfigured, HostDataUnavailable, HostRecordUnreadable } from '../../host-data/index.js';
import { AttachmentsTooLarge, ContentIdTaken, FileNotFound, PictureRequired } from '../../files/index.js';
import { BadCalendar, CopiesRefused, HeaderRefused, MailOnly } from '../mail/mail.errors.js';
import { NumberLimitReached } from '../../numbers/index.js';
import {
  ContentEmpty,
  InvalidMediaUrl,
  MissingVariables,
  TemplateMismatch,
  TemplateNotFound,
  TemplateRenderError,
} from '../../templates/index.js';
import {
  BadSchedule,
  ChannelDisabled,
  ContentRequired,
  CountryNotAllowed,
  HostRecordUnknown,
  IdentificationMissing,
  MessageTooLong,
  NoAddress,
  NotTrueNow,
} from './messages.errors.js';

export const REFUSALS = [
  new ContentRequired('Say what to send: `template: { key, data }` or `content`'),
  ...ADDRESS_PROBLEMS.map((problem) => problem.at('to')),
  new VenueRequired(),
  new VenueNotFound(),
  new SenderNotFound(),
  new SenderInactive(),
  new NoSender('sms'),
  new NumberLimitReached(10).at('venueId'),
  new ChannelDisabled('sms'),
  new CountryNotAllowed('BY'),
  new ChannelNotSupported('voice', 'plivo'),
  new TemplateNotFound().at('template.key'),
  new TemplateMismatch('The template is for email: use a template for sms, or another channel', 'channel'),
  new MissingVariables(['order.id']).under('template'),
  new InvalidMediaUrl('mediaUrls[0]').at('template.data'),
  new ContentEmpty('subject').at('template.data'),
  new TemplateRenderError('body', 2, 1, 'money needs an amount in whole micros').at('template.data'),
  new MessageTooLong(1_700, 1_600),
  new IdentificationMissing(['sender', 'opt_out']),
  new HostRecordUnknown('order').at('hostData.orderId'),
  new NotTrueNow('order_cancelled').at('hostData.orderId'),
  new NoAddress().at('channel'),
  new HostRecordUnreadable('order', 'a field is missing, or wrong'),
  new HostDataNotConfigured(),
  new HostDataUnavailable('no answer'),
  new MailOnly('attachments', 'sms'),
  new HeaderRefused().at('headers[0].name'),
  new CopiesRefused().at('cc'),
  new FileNotFound().at('attachments[0].id'),
  new PictureRequired('application/pdf').at('attachments[0].contentId'),
  new ContentIdTaken().at('attachments[1].contentId'),
  new BadCalendar('It must end after it begins', 'endsAt'),
  new AttachmentsTooLarge(45_000_000, 39_845_888, 'ses'),
  new BadSchedule('sendAt is in the past: leave it out to send now', 'sendAt'),
];
