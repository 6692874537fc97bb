/** MMS where pictures arrive, and a text with links to them elsewhere. */
import { descriptorOf, pictureRecipients } from '../../providers/index.js';
import type { Rendered } from '../../templates/index.js';
import type { Channel, ProviderName, SenderRoute } from '../../tenants/index.js';

/** The channel that it is sent on: an MMS is an SMS where its sender can bring no picture to this number. */
export function channelTo(
  recipient: string,
  channel: Channel,
  { provider, address }: Pick<SenderRoute, 'provider' | 'address'>,
): Channel {
  if (channel !== 'mms') return channel;
  const takers = takersOf(provider, address);
  return takers !== undefined && new RegExp(takers).test(recipient) ? 'mms' : 'sms';
}

/** The numbers that this sender can send pictures to, as a regular expression for JavaScript and PostgreSQL; undefined for none. */
export const takersOf = (provider: ProviderName, from: string): string | undefined =>
  pictureRecipients(descriptorOf(provider).pictureZones ?? [], from);

/** An SMS names its pictures: each address on a line of its own, after the text. */
export function withLinks(channel: Channel, content: Rendered): Rendered {
  if (channel !== 'sms' || content.kind !== 'text' || !content.mediaUrls?.length) return content;
  const lines = [content.body, ...content.mediaUrls].filter((line) => line !== '');
  return { kind: 'text', body: lines.join('\n') };
}
