/** The page on which a person confirms: static, without scripts. */
import { escapedHtml } from '../kernel/index.js';
import { page, shortened, WORDS, type Language } from '../preferences/index.js';
import type { OptInRequestRow, OptInStatus } from './opt-in-requests.js';

export interface ConfirmationPage extends Pick<OptInRequestRow, 'channel' | 'address'> {
  readonly language: Language;
  readonly venueName: string;
  readonly status: OptInStatus;
}

/** The page as HTML. Its form is posted to its own address. */
export function confirmationPage({ language, venueName, channel, address, status }: ConfirmationPage): string {
  const { confirm, about, channels } = WORDS[language];
  const said = {
    confirmed: confirm.confirmed(channels[channel]),
    expired: confirm.expired,
    replaced: confirm.replaced,
    withdrawn: confirm.withdrawn,
  };
  const question = `<form method="post">
<p>${confirm.question(channels[channel])}</p>
<button name="confirm" value="yes">${confirm.button}</button>
</form>
<p class="small">${confirm.ignore}</p>
`;
  return page(
    language,
    `${confirm.title} – ${venueName}`,
    `<p>${escapedHtml(venueName)}</p>
<h1>${confirm.title}</h1>
<p>${escapedHtml(about(shortened(address)))}</p>
${status === 'pending' ? question : `<p class="done" role="status">${said[status]}</p>\n`}`,
  );
}
