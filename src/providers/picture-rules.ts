/** Which pictures a provider takes as MMS, by their type and size. */

/** What its host says of a picture; absent: nothing. */
export interface Picture {
  /** A media type in small letters, without parameters. */
  readonly type?: string;
  readonly bytes?: number;
}

/** What a provider publishes. Sizes are in bytes. */
export interface PictureRules {
  /** The media types that it takes, each with the most of one picture. */
  readonly kinds: readonly { readonly types: RegExp; readonly most: number }[];
  /** The most of all pictures of a message. */
  readonly together: number;
}

export const KB = 1_024;
export const MB = 1_024 * KB;

/** Fitted to the phone by providers, which is why they may be larger than anything else. */
export const FITTED = /^image\/(?:jpe?g|png|gif)$/;
/** Passed on as they are: sound, film, cards, documents. The lists of providers differ little; a stray one is left to their reports. */
export const FILES =
  /^(?:audio|video)\/.|^text\/(?:x-)?(?:vcard|csv|rtf|richtext|calendar|directory)$|^application\/(?:pdf|vcard|msword|vnd\..+)$/;

/** False if a picture is known to break a rule; what is not known breaks none. */
export function takesPictures({ kinds, together }: PictureRules, pictures: readonly Picture[]): boolean {
  const total = pictures.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  return total <= together && pictures.every((picture) => takes(kinds, picture));
}

function takes(kinds: PictureRules['kinds'], { type, bytes = 0 }: Picture): boolean {
  if (type === undefined) return true;
  const kind = kinds.find(({ types }) => types.test(type));
  return kind !== undefined && bytes <= kind.most;
}
