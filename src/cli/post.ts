/** One HTTP call of a command. */
import { request } from 'undici';
import { jsonIn, stringAt } from '../kernel/index.js';

const TIMEOUT_MS = 20_000;

/** An answer, or why there is none. */
export interface Answered {
  /** Undefined without an answer. */
  readonly status: number | undefined;
  /** What a problem says in words, or the code of the network's error. */
  readonly detail: string | undefined;
}

export interface Outgoing {
  readonly headers?: Readonly<Record<string, string>>;
  /** A POST, where there is one. */
  readonly body?: string;
}

/** Calls once, without following redirects. Never rejects for the network. */
export async function callOnce(url: string, { headers = {}, body }: Outgoing = {}): Promise<Answered> {
  try {
    const answer = await request(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: answer.statusCode, detail: detailIn(await answer.body.text()) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { status: undefined, detail: 'code' in error ? String(error.code) : error.name };
  }
}

/** The detail of a problem (RFC 9457). */
const detailIn = (text: string): string | undefined => stringAt(jsonIn(text), 'detail');
