/** What WhatsApp says of a Content template. */
import type { Twilio } from 'twilio';
import { stringAt } from '../../kernel/index.js';
import type { Approval, ApprovalStatus } from '../provider.port.js';

/** Twilio's words, which are ours. Source: Content API, "Fetch an Approval Status Request". */
const STATUSES: ReadonlySet<string> = new Set<ApprovalStatus>([
  'unsubmitted',
  'received',
  'pending',
  'approved',
  'rejected',
  'paused',
  'disabled',
]);

const NOT_FOUND = 404;

/** Rejects as the SDK does, except for a template that the account does not have. */
export async function twilioApproval(client: Twilio, contentSid: string): Promise<Approval> {
  try {
    const { whatsapp } = await client.content.v1.contents(contentSid).approvalFetch().fetch();
    const status = stringAt(whatsapp, 'status')?.toLowerCase() ?? '';
    const category = stringAt(whatsapp, 'category');
    const reason = stringAt(whatsapp, 'rejection_reason');
    return {
      status: isStatus(status) ? status : 'pending',
      ...(category && { category: category.toLowerCase() }),
      ...(reason && { reason }),
    };
  } catch (error) {
    if ((error as { status?: unknown } | null)?.status === NOT_FOUND) return { status: 'missing' };
    throw error;
  }
}

const isStatus = (word: string): word is ApprovalStatus => STATUSES.has(word);
