import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { countSegments } from './segments.js';

const GSM = Array.from('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡AZÄÖÑÜ§¿azäöñüà');
const EXTENSION = Array.from('\f^{}\\[~]|€');
const NOT_GSM = Array.from('ç`“”’–…êłğЖ你好안\t\u00a0😀🎉🎸𝄞');

/** Whole characters only: the oracle keeps grapheme clusters together where the standards, and this counter, do not. */
const text = (chars: string[], maxLength: number) =>
  fc.array(fc.constantFrom(...chars), { maxLength, size: 'max' }).map((parts) => parts.join(''));

function oracle(body: string) {
  const counted = new SegmentedMessage(body);
  return { encoding: counted.getEncodingName(), segments: counted.segmentsCount };
}

describe('countSegments', () => {
  test.each([
    ['nothing', '', 'GSM-7', 1, 0],
    ['160 letters', 'a'.repeat(160), 'GSM-7', 1, 160],
    ['161 letters', 'a'.repeat(161), 'GSM-7', 2, 161],
    ['306 letters', 'a'.repeat(306), 'GSM-7', 2, 306],
    ['307 letters', 'a'.repeat(307), 'GSM-7', 3, 307],
    ['80 euro signs', '€'.repeat(80), 'GSM-7', 1, 160],
    ['81 euro signs', '€'.repeat(81), 'GSM-7', 2, 162],
    ['an é, which GSM-7 has', 'café', 'GSM-7', 1, 4],
    ['a ç, which it lacks', 'façade', 'UCS-2', 1, 6],
    ['70 ideographs', '你'.repeat(70), 'UCS-2', 1, 70],
    ['71 ideographs', '你'.repeat(71), 'UCS-2', 2, 71],
    ['134 ideographs', '你'.repeat(134), 'UCS-2', 2, 134],
    ['135 ideographs', '你'.repeat(135), 'UCS-2', 3, 135],
    ['35 emoji', '😀'.repeat(35), 'UCS-2', 1, 70],
    ['36 emoji', '😀'.repeat(36), 'UCS-2', 2, 72],
  ] as const)('knows %s', (_name, body, encoding, segments, units) => {
    expect(countSegments(body)).toMatchObject({ encoding, segments, units });
  });

  test('an extension character that does not fit moves whole to the next segment', () => {
    const straddling = `${'a'.repeat(152)}€${'a'.repeat(151)}€`;
    expect(countSegments(straddling)).toMatchObject({ segments: 3, units: 307 });
    expect(countSegments('€'.repeat(153))).toMatchObject({ segments: 3, units: 306 });
  });

  test('a surrogate pair that does not fit moves whole to the next segment', () => {
    expect(countSegments('😀'.repeat(67))).toMatchObject({ segments: 3, units: 134 });
  });

  test('returns the capacity of a segment, alone and concatenated', () => {
    expect(countSegments('a').unitsPerSegment).toBe(160);
    expect(countSegments('a'.repeat(161)).unitsPerSegment).toBe(153);
    expect(countSegments('ж').unitsPerSegment).toBe(70);
    expect(countSegments('ж'.repeat(71)).unitsPerSegment).toBe(67);
  });

  test('names each character that forces UCS-2 once, and ten at most', () => {
    expect(countSegments('“Tickets” 🎉 for “you” {now}').nonGsm).toEqual(['“', '”', '🎉']);
    expect(countSegments('Tickets for you €').nonGsm).toEqual([]);
    expect(countSegments('абвгдежзийклмн').nonGsm).toHaveLength(10);
  });

  test('counts half an emoji as one unit', () => {
    expect(countSegments('\ud83d')).toMatchObject({ encoding: 'UCS-2', segments: 1, units: 1, nonGsm: ['\ud83d'] });
  });

  test('agrees with the oracle on any GSM-7 body', () => {
    const body = text([...GSM, ...EXTENSION, ...EXTENSION], 500);
    fc.assert(fc.property(body, (sms) => expect(countSegments(sms)).toMatchObject(oracle(sms))));
  });

  test('agrees with the oracle on bodies that end near a segment’s end', () => {
    const length = fc
      .constantFrom(150, 152, 158, 160, 304, 306, 457, 459)
      .chain((n) => fc.integer({ min: n - 2, max: n + 2 }));
    const body = fc
      .tuple(length, text([...EXTENSION, 'a'], 12))
      .map(([n, tail]) => 'a'.repeat(Math.max(0, n - tail.length * 2)) + tail + tail);
    fc.assert(fc.property(body, (sms) => expect(countSegments(sms)).toMatchObject(oracle(sms))));
  });

  test('agrees with the oracle on any body of whole characters', () => {
    const body = text([...GSM, ...EXTENSION, ...NOT_GSM], 300);
    fc.assert(fc.property(body, (sms) => expect(countSegments(sms)).toMatchObject(oracle(sms))));
  });

  test('agrees with the oracle on whether GSM-7 has a character', () => {
    const everyUnit = Array.from({ length: 0xd800 }, (_, code) => String.fromCharCode(code));
    const ours = everyUnit.filter((char) => countSegments(char).encoding === 'GSM-7');
    expect(ours).toEqual(everyUnit.filter((char) => oracle(char).encoding === 'GSM-7'));
  });
});
