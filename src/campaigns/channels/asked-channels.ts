/** The channels that a request names: several, or one in the short form. */
import { InvalidRequest } from '../../kernel/index.js';
import type { Channel } from '../../tenants/index.js';
import type { ChannelPlan } from './campaign-channels.js';

interface AskedChannel {
  readonly channel: Channel;
  readonly templateKey: string;
  readonly senderId?: string | null;
}

interface Asked extends Partial<AskedChannel> {
  readonly channels?: readonly AskedChannel[];
}

const SHORT_FORM = ['channel', 'templateKey', 'senderId'] as const;

/** Of a new campaign. Raises InvalidRequest unless it is said once, and whole. */
export function channelsOf(asked: Asked): readonly ChannelPlan[] {
  const several = severalOf(asked);
  if (several) return several;
  const { channel, templateKey, senderId = null } = asked;
  if (channel === undefined) throw missing('channel');
  if (templateKey === undefined) throw missing('templateKey');
  return [{ channel, templateKey, senderId }];
}

/** Of a changed campaign, which has these. Raises InvalidRequest for a part of one channel where there are several. */
export function changedChannels(asked: Asked, before: readonly ChannelPlan[]): readonly ChannelPlan[] {
  const several = severalOf(asked);
  if (several) return several;
  const changes = Object.fromEntries(
    SHORT_FORM.filter((field) => asked[field] !== undefined).map((field) => [field, asked[field]]),
  );
  const [field] = Object.keys(changes);
  if (before.length > 1 && field !== undefined) {
    throw new InvalidRequest([{ path: field, message: `the campaign has several channels: change \`channels\`` }]);
  }
  return before.map((plan) => ({ ...plan, ...changes }));
}

function severalOf({ channels, ...asked }: Asked): readonly ChannelPlan[] | undefined {
  if (!channels) return undefined;
  if (SHORT_FORM.some((field) => asked[field] !== undefined && asked[field] !== null)) {
    const message = 'channels stands in the place of channel, templateKey and senderId: send one or the other';
    throw new InvalidRequest([{ path: 'channels', message }]);
  }
  for (const [place, { channel }] of channels.entries()) {
    if (channels.findIndex((other) => other.channel === channel) < place) {
      throw new InvalidRequest([{ path: `channels[${place}].channel`, message: `${channel} is named twice` }]);
    }
  }
  return channels.map(({ channel, templateKey, senderId = null }) => ({ channel, templateKey, senderId }));
}

const missing = (field: string): InvalidRequest =>
  new InvalidRequest([{ path: field, message: `${field} is missing` }]);
