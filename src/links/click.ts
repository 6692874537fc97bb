/** A counted link that was followed. */
import type { FollowedLink } from './link-token.js';

export interface Click extends FollowedLink {
  /** Whose the link is. */
  readonly tenantId: string;
  readonly at: Date;
  /** By what the request says of itself. */
  readonly byMachine: boolean;
}

/** Who followed which link of which message: it is counted once. */
export const clickKey = ({ messageId, linkId, byMachine }: Omit<Click, 'tenantId' | 'at'>): string =>
  `${messageId} ${linkId} ${byMachine}`;
