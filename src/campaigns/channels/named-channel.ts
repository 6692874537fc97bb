/** The channels of a campaign that a preview or a test is of. */
import type { Channel } from '../../tenants/index.js';
import { ChannelNotInCampaign } from '../campaigns.errors.js';
import type { ChannelPlan } from './campaign-channels.js';

/** At least one. */
type Some<Of> = readonly [Of, ...Of[]];

/** The one of this name, or all of them where none is named. Raises ChannelNotInCampaign. */
export function channelsOf<Of extends ChannelPlan>(channels: readonly Of[], named: Channel | undefined): Some<Of> {
  const [first, ...others] = channels.filter(({ channel }) => named === undefined || channel === named);
  if (!first) throw new ChannelNotInCampaign(channels.map(({ channel }) => channel));
  return [first, ...others];
}
