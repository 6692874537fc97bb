/** Counts an SMS's encoding and segments. */

export interface SegmentCount {
  readonly encoding: 'GSM-7' | 'UCS-2';
  /** What Twilio and Plivo bill, and the unit of a number's rate; at least 1. */
  readonly segments: number;
  /** GSM-7: septets, two for an extension character. UCS-2: UTF-16 code units. */
  readonly units: number;
  /** Room in each segment; less if there are several, as each then carries a concatenation header. */
  readonly unitsPerSegment: number;
  /** The first ten different characters that force UCS-2: without them the body would be GSM-7. Empty for GSM-7. */
  readonly nonGsm: readonly string[];
}

const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '\f^{}\\[~]|€';

/** Septets by UTF-16 code unit; 0 if GSM-7 lacks the character. */
const SEPTETS = new Uint8Array(0x10000);
for (const char of BASIC) SEPTETS[char.charCodeAt(0)] = 1;
for (const char of EXTENSION) SEPTETS[char.charCodeAt(0)] = 2;

const ROOM = { 'GSM-7': { alone: 160, joined: 153 }, 'UCS-2': { alone: 70, joined: 67 } } as const;
const NON_GSM_SHOWN = 10;

/**
 * The encoding and the number of segments of an SMS body, by 3GPP TS 23.038 and 23.040. A two-septet character and a surrogate
 * pair never straddle two segments. An empty body is one segment of no units, as in Twilio's own calculator; providers reject
 * it.
 *
 * Agrees with Twilio's `sms-segments-calculator` (the oracle of its tests) in about a thousandth of the time, except for
 * grapheme clusters: the oracle also keeps emoji families, flags and combining accents whole at the end of a segment, which the
 * standards do not require.
 */
export function countSegments(text: string): SegmentCount {
  const septets = countSeptets(text);
  const encoding = septets === undefined ? 'UCS-2' : 'GSM-7';
  const units = septets ?? text.length;
  const { alone, joined } = ROOM[encoding];
  return {
    encoding,
    segments: units <= alone ? 1 : joinedSegments(text, encoding, joined),
    units,
    unitsPerSegment: units <= alone ? alone : joined,
    nonGsm: septets === undefined ? nonGsmCharacters(text) : [],
  };
}

/** Undefined if a character is not in GSM-7. */
function countSeptets(text: string): number | undefined {
  let total = 0;
  for (let i = 0; i < text.length; i++) {
    const septets = SEPTETS[text.charCodeAt(i)];
    if (!septets) return undefined;
    total += septets;
  }
  return total;
}

function joinedSegments(text: string, encoding: SegmentCount['encoding'], room: number): number {
  let segments = 1;
  let free = room;
  for (let i = 0; i < text.length;) {
    const width = encoding === 'UCS-2' && (text.codePointAt(i) ?? 0) > 0xffff ? 2 : 1;
    const size = encoding === 'UCS-2' ? width : (SEPTETS[text.charCodeAt(i)] ?? 1);
    if (size > free) {
      segments++;
      free = room;
    }
    free -= size;
    i += width;
  }
  return segments;
}

function nonGsmCharacters(text: string): string[] {
  const found = new Set<string>();
  for (const char of text) {
    if (char.length === 1 && SEPTETS[char.charCodeAt(0)]) continue;
    found.add(char);
    if (found.size === NON_GSM_SHOWN) break;
  }
  return [...found];
}
