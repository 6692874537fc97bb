/** Messages that are put back until what holds them is over. */
import type { ClaimedMessage } from '../../ledger/index.js';

/** A message that waits is tried when it may go. Nothing else is waited for, so this is for what nobody thought of. */
const LOOK_AGAIN_MS = 24 * 3_600_000;

/** Until it expires at the latest: that ends it. */
const waitOf = (expiresAt: string | null): number =>
  expiresAt === null ? LOOK_AGAIN_MS : Math.min(LOOK_AGAIN_MS, Math.max(0, Date.parse(expiresAt) - Date.now()));

/** With which it is held. */
export const campaignOf = ({ campaign_id: own, root_campaign_id: root }: ClaimedMessage): string | null => own ?? root;

/** When it is tried again, in milliseconds: that of a campaign among these, which are held, as soon as that is not. */
export const heldFor = (message: ClaimedMessage, held: ReadonlySet<string>): number =>
  held.has(campaignOf(message) ?? '') ? 0 : waitOf(message.expires_at);

/** How long until a time, in milliseconds, or until the message expires: that ends it. */
export const untilOf = ({ expires_at: expiresAt }: ClaimedMessage, at: Date): number =>
  Math.max(0, Math.min(at.getTime(), expiresAt === null ? Infinity : Date.parse(expiresAt)) - Date.now());
