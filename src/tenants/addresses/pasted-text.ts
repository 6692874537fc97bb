/** What copying, spreadsheets and links add to an address, and what is left without it. */

/** Of no width: direction marks, joiners, soft hyphens, byte order marks, variation selectors. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Spreadsheets and exports guard against formulas: `="+49…"`, `'+49…`. No address begins so. */
const FORMULA = /^=\s*"([^"]*)"$/;
const QUOTED = /^(["'])(.*)\1$/s;
const SCHEME = /^(?:mailto|tel|sms|whatsapp):(?:\/\/)?/i;

/**
 * The address in a text: without invisible characters, outer blanks, quotes round it, a formula guard and a link's scheme, however
 * often each was added. What it returns, it returns again as it is.
 */
export function pastedText(text: string): string {
  const address = withoutOneLayer(text);
  return address === text ? address : pastedText(address);
}

function withoutOneLayer(text: string): string {
  const visible = text
    .replaceAll(INVISIBLE, '')
    .replaceAll(/\p{Zs}/gu, ' ')
    .trim();
  const inner = FORMULA.exec(visible)?.[1] ?? QUOTED.exec(visible)?.[2] ?? visible;
  return inner.replace(/^'/, '').trim().replace(SCHEME, '').trim();
}
