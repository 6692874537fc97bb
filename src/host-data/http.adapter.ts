/** The host's data behind a URL of its own: one signed POST a read. */
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import { at, objectIn } from '../kernel/index.js';
import type { Finding } from '../providers/index.js';
import type { HostEndpoint } from './host-data-config.js';
import { HostDataUnavailable } from './host-data.errors.js';
import { HOST_KINDS } from './host-data.port.js';
import {
  NO_ROWS,
  QUERY_OF,
  type AttendeesAfter,
  type HostIds,
  type HostRow,
  type HostRows,
  type HostSource,
  type StatusWords,
} from './host-source.js';

export interface HttpOptions extends HostEndpoint {
  /** Of one answer, from the first byte sent to the last one read, in milliseconds. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** A thousand of each kind, at two kilobytes each. */
const MOST_BYTES = 8 * 1024 * 1024;
const TOO_LARGE = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';

export class HttpHostSource implements HostSource {
  /** The host answers in our words. */
  readonly statuses: StatusWords = {};
  private readonly agent: Agent;
  private readonly timeoutMs: number;

  /** The secret is read from `options` for each question: it may become another. */
  constructor(private readonly options: HttpOptions) {
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.agent = new Agent({
      connections: 8,
      connect: { timeout: 3_000 },
      maxResponseSize: MOST_BYTES,
    });
  }

  spell(field: string): string {
    return field;
  }

  async rows(tenantId: string, ids: HostIds): Promise<HostRows> {
    const asked = HOST_KINDS.filter((kind) => ids[kind].length > 0);
    if (asked.length === 0) return NO_ROWS;
    const answer = await this.post({
      tenantId,
      ...Object.fromEntries(asked.map((kind) => [QUERY_OF[kind], ids[kind]])),
    });
    return { ...NO_ROWS, ...Object.fromEntries(asked.map((kind) => [kind, listIn(answer, QUERY_OF[kind])])) };
  }

  async attendeesOf(tenantId: string, { eventId, after, limit }: AttendeesAfter): Promise<readonly HostRow[]> {
    return listIn(await this.post({ tenantId, attendeesOf: { eventId, after, limit } }), 'attendees');
  }

  /** Without a tenant and without ids, it only asks whether we are understood. */
  async ping(): Promise<void> {
    await this.post({ tenantId: null });
  }

  async examine(): Promise<Finding[]> {
    try {
      await this.ping();
      return [{ subject: '', result: 'ok', detail: 'answers, and takes our signature' }];
    } catch (error) {
      if (!(error instanceof HostDataUnavailable)) throw error;
      const advice =
        'Does the host run at HOST_DATA_URL, and is HOST_DATA_SECRET the one it knows? See docs/host-data.md#http.';
      return [{ subject: '', result: 'failed', detail: error.reason, advice }];
    }
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  private async post(question: object): Promise<object> {
    const { statusCode, text } = await this.send(JSON.stringify(question));
    if (statusCode !== 200) throw new HostDataUnavailable(`HTTP ${statusCode}`);
    const answer = objectIn(text);
    if (answer === undefined) throw new HostDataUnavailable('its answer is no JSON object');
    return answer;
  }

  private async send(body: string): Promise<{ statusCode: number; text: string }> {
    const [id, time] = [randomUUID(), new Date()];
    try {
      const answer = await request(this.options.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(time.getTime() / 1_000)),
          'webhook-signature': new Webhook(this.options.secret).sign(id, time, body),
        },
        body,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      return { statusCode: answer.statusCode, text: await answer.body.text() };
    } catch (error) {
      throw new HostDataUnavailable(this.reasonOf(error));
    }
  }

  private reasonOf(error: unknown): string {
    const { code, name } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
    if (code === TOO_LARGE) return `its answer has more than ${MOST_BYTES} bytes`;
    if (name === 'TimeoutError') return `no answer within ${this.timeoutMs} ms`;
    return typeof code === 'string' ? code : 'no answer';
  }
}

/** Raises HostDataUnavailable. */
function listIn(answer: object, name: string): HostRow[] {
  const list = at(answer, name);
  if (!Array.isArray(list) || !list.every((row) => typeof row === 'object' && row !== null)) {
    throw new HostDataUnavailable(`its answer has no list of records "${name}"`);
  }
  return list as HostRow[];
}
