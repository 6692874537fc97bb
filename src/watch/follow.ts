/** Reads a campaign's server-sent events, and reconnects when the stream breaks. */
import { setTimeout as delay } from 'node:timers/promises';

/** The displayed fields of a campaign. */
export interface Watched {
  readonly name: string;
  readonly channels: readonly { readonly channel: string; readonly templateKey: string }[];
  readonly status: string;
  readonly statusReason: string | null;
  readonly progress: {
    readonly audience: number;
    readonly excluded: number;
    readonly excludedBy: Readonly<Record<string, number>>;
    readonly messages: number;
    readonly byStatus: Readonly<Record<string, number>>;
    readonly byChannel: Readonly<Record<string, number>>;
    readonly remaining: number;
    readonly ratePerSecond: number | null;
    readonly finishesAt: string | null;
  };
}

interface Question {
  readonly url: string;
  readonly key: string;
  readonly id: string;
}

const AT_REST = ['SENT', 'CANCELLED', 'FAILED'];
const AGAIN_MS = 1_000;

/** Yields the campaign after each change, until it is finished. Throws the service's errors, and if it is unreachable. */
export async function* follow(question: Question): AsyncGenerator<Watched> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      for await (const campaign of stream(question)) {
        yield campaign;
        if (AT_REST.includes(campaign.status) && campaign.progress.remaining === 0) return;
      }
    } catch (error) {
      if (isFirst || error instanceof Refusal) throw error;
    }
    await delay(AGAIN_MS);
  }
}

class Refusal extends Error {}

const ELSEWHERE = 'give its address after the campaign, such as http://127.0.0.1:3000';

/** Raises an Error that says where nothing answers. */
async function ask(url: string, path: string, key: string): Promise<Response> {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) throw new Refusal(`That is no address of a service: ${ELSEWHERE}.`);
  try {
    return await fetch(`${url.replace(/\/+$/, '')}${path}`, { headers: { authorization: `Bearer ${key}` } });
  } catch (error) {
    const { origin } = new URL(url); // without a password
    throw new Error(`No service answers at ${origin}. Start it with \`npm start\`, or ${ELSEWHERE}.`, { cause: error });
  }
}

/** What a problem says; of an answer by anything else, that it is none of ours. */
async function detailOf(answer: Response, url: string): Promise<string> {
  const problem: unknown = await answer.json().catch(() => undefined);
  if (typeof problem === 'object' && problem !== null && 'detail' in problem) return String(problem.detail);
  return `What answers at ${new URL(url).origin} is not Callboard (status ${answer.status}): ${ELSEWHERE}.`;
}

async function* stream({ url, key, id }: Question): AsyncGenerator<Watched> {
  const answer = await ask(url, `/api/campaigns/${encodeURIComponent(id)}/progress`, key);
  if (!answer.ok) throw new Refusal(await detailOf(answer, url));
  let text = '';
  for await (const chunk of (answer.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = event.split('\n').find((line) => line.startsWith('data: '));
      if (data) yield JSON.parse(data.slice(6)) as Watched;
    }
  }
}
