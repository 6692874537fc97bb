/** Tells people of approvals: those who may give one that is asked for, and whoever asked for one that is decided. */
import { Injectable } from '@nestjs/common';
import { iso } from '../../kernel/index.js';
import { Notices, type Letter } from '../../notices/index.js';
import { EntitledUsers } from '../../users/index.js';
import type { Campaign } from '../campaign.entity.js';

/** One that was asked for, or decided. */
export interface ApprovalNews {
  readonly requestedBy: string | null;
  /** PostgreSQL text: of the request, or of the decision. */
  readonly at: string;
}

@Injectable()
export class ApprovalNotices {
  constructor(
    private readonly users: EntitledUsers,
    private readonly notices: Notices,
  ) {}

  /** In the caller's transaction. All who may approve, but for those who had a hand in it. */
  async asked(campaign: Campaign, { requestedBy, at }: ApprovalNews): Promise<void> {
    const authors = [campaign.createdBy, campaign.changedBy, requestedBy];
    const users = await this.users.with(campaign.tenantId, 'campaigns:approve');
    const emails = users.filter(({ actor }) => !authors.includes(actor)).map(({ email }) => email);
    await this.write('campaign.approval_requested', campaign, { at, emails, letter: requestLetter(campaign) });
  }

  /** In the caller's transaction. */
  async decided(campaign: Campaign, isApproved: boolean, { requestedBy, at }: ApprovalNews): Promise<void> {
    const asker = await this.users.named(campaign.tenantId, requestedBy ?? campaign.createdBy);
    const emails = asker ? [asker.email] : [];
    const kind = isApproved ? 'campaign.approved' : 'campaign.declined';
    await this.write(kind, campaign, { at, emails, letter: decisionLetter(campaign, isApproved) });
  }

  private async write(
    kind: string,
    { id, tenantId, name, scheduledAt }: Campaign,
    { at, emails, letter }: { readonly at: string; readonly emails: readonly string[]; readonly letter: Letter },
  ): Promise<void> {
    if (emails.length === 0) return;
    await this.notices.write({
      kind,
      subject: `${id} ${at}`,
      tenantId,
      payload: { campaignId: id, campaignName: name, scheduledAt: iso(scheduledAt ?? null) },
      letters: { en: letter },
      targets: { emails, url: null, language: 'en' },
      toOperator: false,
    });
  }
}

const WHY = 'You are told because your address is that of a user who may approve campaigns.';

const requestLetter = ({ id, name, scheduledAt }: Campaign): Letter => ({
  subject: `A campaign awaits approval: ${name}`,
  blocks: [
    `The campaign ${name} (${id}) goes to so many people that a second person must approve it.`,
    scheduledAt
      ? `It is scheduled for ${iso(scheduledAt)}, and does not start then unless it is approved.`
      : 'It does not start before.',
    `Read what it sends: GET /api/campaigns/${id}/approval, and its preview and estimate. Then approve or decline it: POST /api/campaigns/${id}/approve or …/decline.`,
    WHY,
  ],
});

const decisionLetter = ({ id, name, scheduledAt }: Campaign, isApproved: boolean): Letter => ({
  subject: `${isApproved ? 'Approved' : 'Declined'}: ${name}`,
  blocks: [
    isApproved
      ? `The campaign ${name} (${id}) is approved as it is now. ${scheduledAt ? `It starts at ${iso(scheduledAt)}.` : 'It may be launched or scheduled.'}`
      : `The campaign ${name} (${id}) is declined, and a draft. Why is in GET /api/campaigns/${id}/approval.`,
    'You are told because you made it, or asked for its approval.',
  ],
});
