/** Requests other than sending: what Plivo answers, or why nothing came of it. */
import { at, listAt } from '../../kernel/index.js';
import { outcomeOfNoAnswer } from '../network.errors.js';
import { RequestFault } from '../request-fault.js';
import type { Setback } from '../verdict.js';
import type { PlivoAnswer, PlivoCall, PlivoClient } from './plivo.client.js';
import { outcomeOfPlivoError } from './plivo.errors.js';

const NOT_FOUND = 404;

/** Of one account. Every method rejects with RequestFault. */
export class PlivoRequests {
  constructor(private readonly clientOf: () => PlivoClient) {}

  /** The body of a 2xx. */
  async ask(call: PlivoCall): Promise<unknown> {
    return bodyOf(await this.answer(call));
  }

  /** The same; undefined if Plivo does not have what is asked for (404). */
  async lookUp(call: PlivoCall): Promise<unknown> {
    const answer = await this.answer(call);
    return answer.status === NOT_FOUND ? undefined : bodyOf(answer);
  }

  private async answer(call: PlivoCall): Promise<PlivoAnswer> {
    try {
      return await this.clientOf()(call);
    } catch (error) {
      throw faultOf(outcomeOfNoAnswer(error));
    }
  }
}

/** The items of a list. Throws RequestFault for what is none, such as a proxy's page. */
export function objectsIn(list: unknown): readonly unknown[] {
  if (!Array.isArray(at(list, 'objects'))) throw unreadable();
  return listAt(list, 'objects');
}

/** An answer that does not say what it should. */
export const unreadable = (): RequestFault => new RequestFault('unknown', 'no-answer');

/** Never undefined: a deletion is answered without a body. */
function bodyOf(answer: PlivoAnswer): unknown {
  if (answer.status >= 300) throw faultOf(outcomeOfPlivoError(answer));
  return answer.body ?? null;
}

const faultOf = ({ kind, code, message }: Setback): RequestFault =>
  new RequestFault(kind === 'deferred' ? 'later' : kind, code, message);
