/** Where a text stops being JSON. The parser's own message quotes the text, which may be personal data, and often has no place. */

/** A string up to its closing quote: no control characters but those above 126, which JSON allows. */
const STRING = /"(?:[^"\\\p{Cc}]+|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*/uy;
const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][+-]?\d+)?|true|false|null/y;

/** Both from 1; `isEnd` if it is the end of the text, which broke off. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly isEnd: boolean;
}

/** The first fault of a text that is not JSON. It takes as long as a few parses. */
export function findJsonFault(text: string): JsonFault {
  const at = new Scan(text).end();
  let [line, start] = [1, 0];
  for (let place = 0; place < at; place += 1) {
    const sign = text[place];
    if (sign !== '\n' && (sign !== '\r' || text[place + 1] === '\n')) continue;
    line += 1;
    start = place + 1;
  }
  return { line, column: at - start + 1, isEnd: at >= text.length };
}

/** A reading of a text, token by token, for as long as it is JSON. */
class Scan {
  private at = 0;
  private expected: 'value' | 'name' | 'colon' | 'comma' = 'value';
  /** The closing brackets that are due, and whether the next one may come now. */
  private readonly due: string[] = [];
  private mayClose = false;

  constructor(private readonly text: string) {}

  /** The place of the first fault. */
  end(): number {
    for (;;) {
      while (isBlank(this.text.charCodeAt(this.at))) this.at += 1;
      const sign = this.text[this.at];
      if (sign === undefined || !(this.closes(sign) || this.continues(sign))) return this.at;
    }
  }

  private closes(sign: string): boolean {
    if (!this.mayClose || sign !== this.due.at(-1)) return false;
    this.due.pop();
    return this.take(1, 'comma', true);
  }

  private continues(sign: string): boolean {
    const isInObject = this.due.at(-1) === '}';
    switch (this.expected) {
      case 'comma':
        return sign === ',' && this.due.length > 0 && this.take(1, isInObject ? 'name' : 'value', false);
      case 'colon':
        return sign === ':' && this.take(1, 'value', false);
      case 'name':
        return sign === '"' && this.takeString('colon', false);
      case 'value':
        if (sign === '"') return this.takeString('comma', true);
        return sign === '{' || sign === '[' ? this.opens(sign) : this.takeWord();
    }
  }

  private opens(sign: '{' | '['): boolean {
    this.due.push(sign === '{' ? '}' : ']');
    return this.take(1, sign === '{' ? 'name' : 'value', true);
  }

  /** A string with a fault is taken up to that. */
  private takeString(next: Scan['expected'], mayClose: boolean): boolean {
    this.at = endOf(STRING, this.text, this.at);
    return this.text[this.at] === '"' && this.take(1, next, mayClose);
  }

  private takeWord(): boolean {
    const length = endOf(WORD, this.text, this.at) - this.at;
    return length > 0 && this.take(length, 'comma', true);
  }

  private take(length: number, next: Scan['expected'], mayClose: boolean): true {
    this.at += length;
    this.expected = next;
    this.mayClose = mayClose;
    return true;
  }
}

/** Where a match at this place ends; the place itself if there is none. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** A space, tab or line break; false at the end, where there is no code. */
const isBlank = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;
