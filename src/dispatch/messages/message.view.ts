/** A message as the API shows it, with an explanation of its reason. */
import { Injectable } from '@nestjs/common';
import { iso } from '../../kernel/index.js';
import { shownAddress } from '../../tenants/index.js';
import type { MessageDraft, MessageRow, MessageReason } from '../../ledger/index.js';
import { TemplateLibrary, type TemplateName } from '../../templates/index.js';
import type { AcceptedMessage, MessageView } from './messages.dto.js';

const EXPLANATIONS: Readonly<Record<MessageReason, string>> = {
  no_opt_in: 'Marketing goes only to people who opted in at this venue, and this person has not.',
  opt_in_required: 'The tenant requires an opt-in on this channel even for transactional messages, and there is none.',
  opted_out: 'The person opted out of this venue on this channel.',
  opted_out_at_provider:
    'The person said STOP to this sender; the provider told us so, and it is now in the consent log.',
  number_opted_out: 'The person said STOP to the shared number this would have come from.',
  hard_bounce: 'Mail to this address bounced for good earlier: it is suppressed.',
  soft_bounce:
    'Earlier messages found a full mailbox or a phone that was off, for days: marketing waits for some time.',
  complaint: 'The person reported earlier mail as spam: the address is suppressed.',
  invalid_address: 'This address was reported earlier not to exist: it is suppressed.',
  dead_address: 'The platform knows that nobody can be reached at this address: there is no such mailbox or number.',
  manual: 'The tenant decided that this address is not to be written to: it is suppressed.',
  erased: 'The data of this person was erased, and they are not written to any more.',
  channel_disabled: 'The tenant has switched this channel off.',
  number_range_blocked:
    'So many new numbers like this one were written to that it looked like SMS pumping: messages to them are stopped for a while.',
  country_not_allowed: 'The tenant, or the platform, does not send to the country of this number.',
  sender_silenced: 'The sender it was to come from was silenced or released after the message was accepted.',
  expired: 'Its time to be sent had passed before its turn came.',
  order_cancelled: 'The order it is about was cancelled before it was sent.',
  order_refunded: 'The order it is about was refunded before it was sent.',
  event_cancelled: 'The event it is about was cancelled before it was sent.',
  attendee_cancelled: 'The person had cancelled before it was sent.',
  attendee_status_changed: 'The person’s status was no longer the one that it was meant for when its turn came.',
  event_moved: 'The event it is about takes place at another time than it was planned for.',
  event_started:
    'The event it is about had begun, as the platform has it, when its turn came: it was of no use any more.',
  event_ended: 'The event it is about was over, as the platform has it, when its turn came: it was of no use any more.',
  event_time_unknown: 'The platform does not say, or no longer, when the event ends that it must not be sent after.',
  order_unknown: 'The platform does not know the order it is about, or no longer.',
  customer_unknown: 'The platform does not know the customer it is for, or no longer.',
  event_unknown: 'The platform does not know the event it is about, or no longer.',
  attendee_unknown: 'The platform does not know the attendee it is for, or no longer.',
  no_address: 'The platform had no usable address of the person on this channel when its turn came.',
  host_data_unavailable: 'The platform’s own data could not be read: it is tried again until they can be, for a day.',
  host_record_unreadable:
    'The platform’s record of what it is about cannot be read, see the error code: it is tried again until that is mended, for a day.',
  cancelled_by_caller: 'It was cancelled before it was sent.',
  campaign_cancelled: 'Its campaign was cancelled before its turn came.',
  run_stopped: 'An event that ends the run of its automation came before it was sent.',
  offer_over: 'The place that it offers was offered to somebody else before it was sent.',
  attachment_gone: 'A file that it was to carry is not kept any more.',
  attachments_too_large: 'What it was to carry is more than the provider takes that it came to.',
  text_too_long: 'With this person’s data the text became longer than the channel takes.',
  content_empty: 'With this person’s data there was nothing to say: a part that must show something was empty.',
  whatsapp_window_closed: 'Free text needs a message from the person within the last 24 hours: use a Content template.',
  render_failed: 'The template could not be rendered with the message’s data.',
  recipient_refused: 'The provider does not deliver to this address.',
  content_refused: 'The provider does not take this content.',
  provider_refused:
    'The provider refuses it, for a reason that is not in our tables: see the error code. It is tried three times in all.',
  sender_misconfigured:
    'The provider refuses our sender or credentials: see the error code. While it is queued it is tried again until that is fixed.',
  provider_account_stopped:
    'The provider account is suspended, paused or out of funds. It is tried again until that is fixed.',
  retries_exhausted: 'The provider could not take it within a day of trying.',
  proven_absent: 'It was in doubt; the provider’s own list shows that it was never taken, so it is tried again.',
  deferred: 'The provider asked to wait, could not be reached, or was never called: it will be tried again.',
  sender_paused:
    'Too much of what its sender sent bounced or was complained of: marketing from it waits until that is resumed.',
  quiet_hours: 'It is not the hour for marketing where the person lives: it is sent when that comes.',
  over_daily_cap:
    'A daily cap of the tenant has no room for it: it is sent when the cap is raised, or when the tenant’s next day begins.',
  over_budget:
    'A hard budget of the tenant has no room for it: it is sent when the budget is raised, or when the next month begins.',
  diverted: 'Its sender could not send it, and certainly has not: the fallback that is named for it does.',
  number_unavailable: 'It waited for a number of the venue, and none could be rented: see /api/numbers.',
  no_answer:
    'The provider gave no clear answer: it may have been sent, so it is not sent again without proof that it was not.',
  never_known:
    'It was in doubt for three days and nobody could say; the tenant ends such messages. It may have been sent.',
  given_up: 'It was given up: somebody decided that it is not to be sent.',
  settled_by_hand: 'It was in doubt; somebody found that the provider had taken it.',
  tried_by_hand: 'Somebody has it tried again.',
  worker_lost:
    'The process that was sending it died: it may have been sent, so it is not sent again without proof that it was not.',
  provider_report: 'The provider reported it: see the error code.',
};

/** What the caller of a message that was just accepted is answered. */
export const acceptedMessage = ({
  id,
  status,
  sender_address: address,
  venue_id: venueId,
}: MessageDraft): AcceptedMessage => ({
  id,
  status,
  from: shownAddress(address),
  venueId,
});

@Injectable()
export class MessageViews {
  constructor(private readonly templates: TemplateLibrary) {}

  /** Reads what the views of these rows need beside them, and answers how to make each. */
  async of<Row extends MessageRow>(rows: readonly Row[]): Promise<(row: Row) => MessageView> {
    const names = await this.templates.names(rows.map((row) => row.template_version_id));
    return (row) => messageView(row, names.get(row.template_version_id ?? ''));
  }
}

function messageView(row: MessageRow, template: TemplateName | undefined): MessageView {
  return {
    id: row.id,
    status: row.status,
    reason: row.reason,
    explanation: row.reason === null ? null : EXPLANATIONS[row.reason],
    channel: row.channel,
    category: row.category,
    to: row.recipient,
    from: shownAddress(row.sender_address),
    venueId: row.venue_id,
    campaignId: row.campaign_id,
    provider: row.provider,
    providerMessageId: row.provider_message_id,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    segments: row.segments,
    attempts: row.attempts,
    templateKey: template?.key ?? null,
    templateVersion: template?.version ?? null,
    reference: row.reference,
    orderId: row.order_id,
    customerId: row.customer_id,
    messageType: row.message_type,
    correlationId: row.correlation_id,
    isTest: row.is_test,
    metadata: row.metadata,
    resendOf: row.resend_of,
    fallback: (row.fallback ?? []).map(({ channel }) => channel),
    fallbackOf: row.fallback_of,
    followedBy: row.followed_by,
    createdAt: iso(row.created_at),
    sendAt: iso(row.send_at),
    expiresAt: iso(row.expires_at),
    sentAt: iso(row.sent_at),
    settledAt: iso(row.settled_at),
  };
}
