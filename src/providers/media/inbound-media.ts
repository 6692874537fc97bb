/** Pictures and the like that people send: what an event says of each, and how it is asked for. */
import type { ProviderAccount } from '../provider-account.js';

/** Of one message, with which providers pass on ten at most. */
export const MOST_MEDIA = 10;
/** Characters of an address. */
const LONGEST_URL = 2_000;
const MEDIA_TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/;

export interface InboundMedia {
  readonly url: string;
  /** As the provider tells it; absent if it does not. */
  readonly mediaType?: string;
}

export interface MediaRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the provider keeps media there: it may be asked, without these headers, if the first answer leads to it. */
  readonly mayLeadTo: (url: string) => boolean;
}

/** What an adapter has to do with media. */
export interface MediaSource {
  /**
   * How media is asked for that an event of this account named. Undefined for an address that is not the provider's own, and of this account:
   * whoever answers there would see the credentials. Raises BadCredential. Absent if the provider passes on no media.
   */
  mediaRequest?(account: ProviderAccount, url: string): MediaRequest | undefined;
}

/** The media of an event: those that have an address. Spread into it. */
export function mediaOf(told: readonly { readonly url: string | null; readonly mediaType?: string | null }[]): {
  readonly media?: readonly InboundMedia[];
} {
  const media = told.flatMap(({ url, mediaType }) =>
    url !== null && url.length <= LONGEST_URL && URL.canParse(url)
      ? [{ url, ...(mediaType && MEDIA_TYPE.test(mediaType) && { mediaType }) }]
      : [],
  );
  return media.length > 0 ? { media: media.slice(0, MOST_MEDIA) } : {};
}

export const basicAuth = (user: string, secret: string): { readonly authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`,
});
