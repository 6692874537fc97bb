/** What is probably wrong with a rendered message, though it could be sent. Pure. */
import type { Rendered } from '../rendering/render.js';
import type { Unidentified } from '../identification.js';
import { elementsIn } from './html-elements.js';

export const LINT_RULES = [
  'dead_link',
  'missing_alt',
  'opt_out_not_named',
  'relative_link',
  'sender_not_named',
  'spammy_subject',
  'too_large',
] as const;
export type LintRule = (typeof LINT_RULES)[number];

export interface Finding {
  readonly rule: LintRule;
  /** The part, as in the preview: `subject`, `html`, `text`, `body`. */
  readonly part: string;
  /** One sentence that says what to change. */
  readonly message: string;
}

const MOST_FINDINGS = 100;
/** Gmail cuts a mail at 102 KB, and what is at the end is not seen, such as the link to unsubscribe. */
const CLIPPED_BYTES = 102_000;
/** Letters from which on capitals are shouting. */
const SHOUTED = 8;
/** What filters and readers know from spam, in the languages of our tenants. */
const SPAM_WORDS =
  /\b(?:100 ?% (?:free|gratis)|act now|buy now|cash bonus|click here|congratulations|free money|gewinner|jetzt zugreifen|risk[- ]free|winner|you have won|sie haben gewonnen)\b/i;

/** The first hundred faults, but for dead links, of which somebody has to be asked. */
export function lint(rendered: Rendered): Finding[] {
  if (rendered.kind !== 'email') return [];
  const { subject, html = '' } = rendered;
  return [...subjectFindings(subject), ...sizeFindings(html), ...elementFindings(html)].slice(0, MOST_FINDINGS);
}

const UNIDENTIFIED: Readonly<Record<Unidentified, Omit<Finding, 'part'>>> = {
  sender: { rule: 'sender_not_named', message: 'The text names none of your venues: say whom it is from' },
  opt_out: { rule: 'opt_out_not_named', message: 'The text does not say how to get no more of it: add “Reply STOP”' },
};

/** Of marketing by text: what it lacks of its sender's identification. */
export const identificationFindings = (lacking: readonly Unidentified[]): Finding[] =>
  lacking.map((one) => ({ ...UNIDENTIFIED[one], part: 'body' }));

/** The web addresses that a reader may open, each once and with its part, in order. */
export function linksIn(rendered: Rendered): { readonly part: string; readonly url: string }[] {
  if (rendered.kind === 'text') return namedIn('body', rendered.body);
  if (rendered.kind !== 'email') return [];
  const { html, text } = rendered;
  if (html === undefined) return namedIn('text', text);
  const links = [...elementsIn(html)].flatMap(({ name, attributes }) => {
    const url = attributes.get(name === 'img' ? 'src' : 'href')?.trim() ?? '';
    return ['a', 'area', 'img'].includes(name) && /^https?:/i.test(url) ? [url] : [];
  });
  return [...new Set(links)].map((url) => ({ part: 'html', url }));
}

const namedIn = (part: string, text: string): { part: string; url: string }[] =>
  [...new Set(text.match(/https?:\/\/[^\s<>"']+/gi) ?? [])].map((url) => ({
    part,
    url: url.replace(/[.,;:!?)\]]+$/, ''),
  }));

function subjectFindings(subject: string): Finding[] {
  const finding = (message: string): Finding => ({ rule: 'spammy_subject', part: 'subject', message });
  const letters = subject.match(/\p{L}/gu) ?? [];
  const capitals = letters.filter((letter) => letter !== letter.toLowerCase());
  const findings: Finding[] = [];
  if (letters.length >= SHOUTED && capitals.length > letters.length * 0.7)
    findings.push(finding('The subject is in capitals: write it as a sentence'));
  if (/[!?]{2}|[$€£]{2}/.test(subject)) findings.push(finding('The subject repeats a sign: one is enough'));
  if (/^\s*(?:re|fwd?|aw|wg)\s*:/i.test(subject))
    findings.push(finding('The subject looks like an answer to somebody: leave that out'));
  const [words] = SPAM_WORDS.exec(subject) ?? [];
  if (words !== undefined)
    findings.push(finding(`The subject says “${words}”, as spam does: say what the mail is about`));
  return findings;
}

function sizeFindings(html: string): Finding[] {
  const bytes = Buffer.byteLength(html);
  if (bytes <= CLIPPED_BYTES) return [];
  const message = `The HTML has ${Math.ceil(bytes / 1_000)} kB: Gmail shows the first 102 kB, and hides the rest`;
  return [{ rule: 'too_large', part: 'html', message }];
}

function elementFindings(html: string): Finding[] {
  const findings: Finding[] = [];
  let images = 0;
  for (const { name, attributes } of elementsIn(html)) {
    if (name === 'img' && (images += 1) && !attributes.has('alt'))
      findings.push({
        rule: 'missing_alt',
        part: 'html',
        message: `Image ${images} has no \`alt\`: say what it shows, or \`alt=""\` for decoration`,
      });
    const href = name === 'a' ? attributes.get('href')?.trim() : undefined;
    if (href !== undefined && !/^(?:[a-z][a-z\d+.-]*:|#.)/i.test(href))
      findings.push({
        rule: 'relative_link',
        part: 'html',
        message: 'A link leads nowhere from a mail: begin its address with https://',
      });
  }
  return findings;
}
