/** What WhatsApp says of a Content template. */
import type { Twilio } from 'twilio';
import { stringAt } from '../../kernel/index.js';
import { APPROVAL_STATUSES, type Approval } from '../provider.port.js';

const NOT_FOUND = 404;

/** Rejects as the SDK does, except for a template that the account does not have. */
export async function twilioApproval(client: Twilio, contentSid: string): Promise<Approval> {
  try {
    const { whatsapp } = await client.content.v1.contents(contentSid).approvalFetch().fetch();
    const word = stringAt(whatsapp, 'status')?.toLowerCase();
    const category = stringAt(whatsapp, 'category');
    const reason = stringAt(whatsapp, 'rejection_reason');
    return {
      // Twilio's words are ours. Source: Content API, "Fetch an Approval Status Request".
      status: APPROVAL_STATUSES.find((status) => status === word && status !== 'missing') ?? 'pending',
      ...(category && { category: category.toLowerCase() }),
      ...(reason && { reason }),
    };
  } catch (error) {
    if ((error as { status?: unknown } | null)?.status === NOT_FOUND) return { status: 'missing' };
    throw error;
  }
}
