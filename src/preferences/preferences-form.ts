/** Reads the form of the preference page. */
import type { Wishes } from '../consent/index.js';
import { CHANNELS, type Channel } from '../tenants/index.js';
import { BOXES, FORM } from './preferences-page.js';
import { isLanguage, type Language } from './preferences-words.js';

export interface PreferencesForm {
  /** Of every channel: one without a ticked box is not wanted. */
  readonly wanted: ReadonlyMap<Channel, Wishes>;
  readonly language: Language | undefined;
}

/** Undefined for any other body, such as that of a mail program. */
export function readPreferencesForm(body: Buffer | undefined, type: string | undefined): PreferencesForm | undefined {
  if (!body || !/^application\/x-www-form-urlencoded *(;|$)/i.test(type ?? '')) return undefined;
  const fields = new URLSearchParams(body.toString());
  if (fields.get(FORM.marker) !== FORM.preferences) return undefined;
  const language = fields.get(FORM.language) ?? '';
  return {
    wanted: new Map(
      CHANNELS.map((channel) => {
        const ticked = fields.getAll(channel);
        return [channel, { news: ticked.includes(BOXES.news), rest: ticked.includes(BOXES.rest) }];
      }),
    ),
    language: isLanguage(language) ? language : undefined,
  };
}
