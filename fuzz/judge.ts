/** What is wrong with an answer, whatever was asked. */
import { objectIn } from '../src/kernel/index.js';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** What a caller must never read: how the service is built, where it lies, and what it asked its database. */
const INTERNALS: readonly (readonly [string, RegExp])[] = [
  ['a stack trace', /\n\s+at .+:\d+:\d+/],
  ['a file of ours', /node_modules|\bdist\/|\bsrc\/\w|file:\/\/|\.(ts|js):\d+/],
  ['a statement', /\b(select|insert into|update|delete from)\b[^"]{1,80}\b(from|values|set|where)\b[^"]*\$\d/i],
  [
    'a message of the database',
    /\b(SQLSTATE|relation \\?".+" does not exist|violates .+ constraint|syntax error at or near)/,
  ],
  ['a message of the runtime', /\b(TypeError|ReferenceError|RangeError|is not a function|of undefined|of null)\b/],
  ['an address of a server behind it', /\bE(CONNREFUSED|CONNRESET|NOTFOUND|TIMEDOUT)\b/],
];

/** What is wrong, in words; undefined where nothing is. `asked` is the request's own text, which may be quoted back. */
export function faultOf({ status, contentType, text }: Answer, method: string, asked: string): string | undefined {
  if (status >= 500) return `answered ${status}`;
  const isPage = contentType.startsWith('text/html'); // for people: it has scripts and texts of its own
  const told = isPage ? undefined : INTERNALS.find(([, pattern]) => pattern.test(text) && !pattern.test(asked));
  if (told) return `tells ${told[0]}`;
  if (status < 400 || method === 'HEAD' || (isPage && text !== '')) return undefined;
  if (!contentType.startsWith('application/problem+json'))
    return `refuses with ${status} as ${contentType || 'nothing'}`;
  return problemFault(status, text);
}

function problemFault(status: number, text: string): string | undefined {
  const problem = objectIn(text) as Readonly<Record<string, unknown>> | undefined;
  if (problem === undefined) return 'refuses with a body that is no JSON';
  if (problem['status'] !== status) return `refuses with ${status}, and says ${String(problem['status'])}`;
  const missing = ['type', 'title', 'code', 'detail'].filter((name) => !isFilled(problem[name]));
  return missing.length === 0 ? undefined : `refuses without ${missing.join(', ')}`;
}

const isFilled = (value: unknown): boolean => typeof value === 'string' && value.length > 2;
