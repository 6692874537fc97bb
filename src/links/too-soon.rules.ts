/** What comes so soon after a message that no person can have done it. Pure. */
import type { Channel } from '../tenants/index.js';

/** A mail gateway follows links before it delivers; a text is read as it arrives, and may be tapped at once. */
const EMAIL_MS = 5_000;
const OTHERS_MS = 2_000;
/** A provider's clock may be behind ours by so much; what is older is no evidence. */
const CLOCKS_DIFFER_MS = 5_000;

/** Whether it happened within five seconds after an email left, or two after a message on another channel. */
export function isTooSoon(channel: Channel, at: Date, leftAt: Date): boolean {
  const after = at.getTime() - leftAt.getTime();
  return after >= -CLOCKS_DIFFER_MS && after < (channel === 'email' ? EMAIL_MS : OTHERS_MS);
}
