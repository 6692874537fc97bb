/** The addresses in a text, and others in their place. */

const ADDRESS = /https?:\/\/[^\s<>"'`{}|\\^]+/gi;
/** What is the sentence's and not the address's, at its end. */
const OF_THE_SENTENCE = new Set('.,;:!?…»”’)]*');

/** Calls `replace` with each address, and puts what it answers in its place; undefined leaves it as it is. */
export function replaceAddresses(text: string, replace: (address: string) => string | undefined): string {
  if (!text.includes('://')) return text;
  return text.replaceAll(ADDRESS, (found) => {
    const address = found.slice(0, endOfAddress(found));
    const other = replace(address);
    return other === undefined ? found : other + found.slice(address.length);
  });
}

function endOfAddress(found: string): number {
  let end = found.length;
  while (OF_THE_SENTENCE.has(found.charAt(end - 1))) {
    const isPaired = found.charAt(end - 1) === ')' && count(found, '(', end) >= count(found, ')', end);
    if (isPaired) break;
    end -= 1;
  }
  return end;
}

function count(text: string, character: string, end: number): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0 && at < end; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}
