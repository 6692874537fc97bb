/** The page on which a person says what they want to get: static, without scripts, and nothing is loaded. */
import { createHash } from 'node:crypto';
import type { ChannelWishes, Preferences } from '../consent/index.js';
import { escapedHtml } from '../kernel/index.js';
import type { Channel } from '../tenants/index.js';
import { WORDS, type Language, type PageWords } from './preferences-words.js';

/** What has just been done. */
export type Done = 'left' | 'saved';

export interface PreferencesPage extends Pick<Preferences, 'venueName' | 'channels'> {
  readonly language: Language;
  /** Of the message whose link was opened. */
  readonly channel: Channel;
  readonly address: string;
  readonly done?: Done;
}

/** Names of the form's fields; boxes of a channel are named after it. */
export const FORM = { marker: 'form', preferences: 'preferences', language: 'language' } as const;
export const BOXES = { news: 'news', rest: 'rest' } as const;

const STYLE = `
:root { color-scheme: light dark; font: 1.05rem/1.6 system-ui, sans-serif; }
body { max-width: 36rem; margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.3; }
fieldset { margin: 1rem 0; border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: 0.4rem; }
legend { font-weight: 600; }
label { display: block; padding: 0.35rem 0; }
button { font: inherit; padding: 0.5rem 1.25rem; border-radius: 0.4rem; border: 1px solid; cursor: pointer; }
.done { border-inline-start: 0.3rem solid; padding-inline-start: 0.8rem; font-weight: 600; }
.small { font-size: 0.9rem; }
`;

/** Nothing is loaded, run, framed or kept, and forms are posted here alone; the one style is named by its hash. */
export const PAGE_HEADERS = {
  'content-security-policy': [
    `default-src 'none'`,
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
  'cache-control': 'no-store',
  'content-type': 'text/html; charset=utf-8',
} as const;

/** The page as HTML. Its forms are posted to its own address. */
export function preferencesPage({ language, venueName, channels, channel, address, done }: PreferencesPage): string {
  const words = WORDS[language];
  const here = channels.find((one) => one.channel === channel);
  return page(
    language,
    `${words.title} – ${venueName}`,
    `<p>${escapedHtml(venueName)}</p>
<h1>${words.title}</h1>
<p>${escapedHtml(words.about(shortened(address)))}</p>
${doneHtml(words, channel, done)}${here?.news === true ? leaveHtml(words, channel) : ''}<form method="post" id="preferences">
<input type="hidden" name="${FORM.marker}" value="${FORM.preferences}">
${channels.map((one) => channelHtml(words, one)).join('')}<p class="small">${words.warning}</p>
<label>${words.language} <select name="${FORM.language}">${Object.entries(WORDS)
      .map(
        ([code, { name }]) =>
          `<option value="${code}" lang="${code}"${code === language ? ' selected' : ''}>${name}</option>`,
      )
      .join('')}</select></label>
<button>${words.save}</button>
</form>
`,
  );
}

/** What people see whose link is none of ours. */
export const badLinkPage = (language: Language): string => {
  const { title, advice } = WORDS[language].badLink;
  return page(language, title, `<h1>${title}</h1>\n<p>${advice}</p>\n`);
};

/** A page for people; `title` is a text, `main` is HTML. */
export const page = (language: Language, title: string, main: string): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapedHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${main}</main>
</body>
</html>
`;

function doneHtml(words: PageWords, channel: Channel, done: Done | undefined): string {
  if (done === undefined) return '';
  const text = done === 'left' ? words.hasLeft(words.channels[channel]) : words.saved;
  return `<p class="done" role="status">${text}</p>\n`;
}

/** The body that a mail program posts too (RFC 8058). */
const leaveHtml = (words: PageWords, channel: Channel): string => `<form method="post">
<p>${words.leave.question(words.channels[channel])}</p>
<button name="List-Unsubscribe" value="One-Click">${words.leave.button}</button>
</form>
<hr>
`;

const channelHtml = (words: PageWords, { channel, news, rest }: ChannelWishes): string => `<fieldset>
<legend>${words.channels[channel]}</legend>
${boxHtml(channel, BOXES.news, news, words.news)}
${boxHtml(channel, BOXES.rest, rest, words.rest)}
</fieldset>
`;

const boxHtml = (name: string, value: string, isTicked: boolean, label: string): string =>
  `<label><input type="checkbox" name="${name}" value="${value}"${isTicked ? ' checked' : ''}> ${label}</label>`;

/** Enough to know it again, and too little for somebody else: `a…@example.com`, `…0001`. */
export function shortened(address: string): string {
  const at = address.lastIndexOf('@');
  return at > 0 ? `${[...address][0] ?? ''}…${address.slice(at)}` : `…${address.slice(-4)}`;
}
