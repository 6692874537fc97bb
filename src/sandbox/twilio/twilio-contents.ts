/** Twilio's Content templates, as far as WhatsApp's decision on them. Every one exists and is approved until a test says otherwise. */
import type { ApprovalStatus } from '../../providers/index.js';
import { twilioJson, twilioRefusal } from './twilio-errors.js';
import type { WireAnswer } from '../wire.js';

export interface ContentApproval {
  readonly status: ApprovalStatus;
  readonly category: string;
  readonly reason: string;
}

const CONTENT_SID = /^HX[0-9a-fA-F]{32}$/;
const APPROVED: ContentApproval = { status: 'approved', category: 'UTILITY', reason: '' };
/** The errors of messages by templates that WhatsApp does not let pass. */
const ERRORS: Readonly<Partial<Record<ApprovalStatus, number>>> = { rejected: 63040, paused: 63041, disabled: 63042 };
/** Beyond that the oldest is approved again. */
const MOST = 1_000;

export class TwilioContents {
  private readonly decisions = new Map<string, ContentApproval>();

  decide(contentSid: string, decision: ContentApproval): void {
    this.decisions.delete(contentSid);
    this.decisions.set(contentSid, decision);
    const [oldest] = this.decisions.keys();
    if (this.decisions.size > MOST && oldest !== undefined) this.decisions.delete(oldest);
  }

  approval(accountSid: string, contentSid: string): WireAnswer {
    const decision = this.decisions.get(contentSid) ?? APPROVED;
    if (!CONTENT_SID.test(contentSid) || decision.status === 'missing') throw twilioRefusal(20404);
    return twilioJson(200, {
      sid: contentSid,
      account_sid: accountSid,
      whatsapp: {
        type: 'whatsapp',
        name: contentSid.toLowerCase(),
        category: decision.category,
        content_type: 'twilio/text',
        status: decision.status,
        rejection_reason: decision.reason,
        allow_category_change: true,
      },
      url: `https://content.twilio.com/v1/Content/${contentSid}/ApprovalRequests`,
    });
  }

  /** With which error a message by this template ends; undefined for none. */
  errorOf(contentSid: string | undefined): number | undefined {
    const decision = contentSid === undefined ? undefined : this.decisions.get(contentSid);
    return decision && ERRORS[decision.status];
  }
}
