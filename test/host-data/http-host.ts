/** A host behind a URL: verifies what it is asked, as docs/host-data.md says, and answers from memory. */
import { Webhook } from 'standardwebhooks';
import type { HostKind } from '../../src/host-data/index.js';
import { QUERY_OF } from '../../src/host-data/host-source.js';
import { HttpHostSource } from '../../src/host-data/http.adapter.js';
import { TcpProxy } from '../../harness/tcp-proxy.js';
import { json, Loopback, type Received, type Script } from '../providers/loopback.js';
import type { HostFields, TestHost } from './host-data.contract.js';

export const SECRET = `whsec_${Buffer.from('a secret of 24 bytes. ok').toString('base64')}`;
const KINDS = Object.keys(QUERY_OF) as HostKind[];

interface Question extends Partial<Record<string, unknown>> {
  readonly tenantId: string | null;
  readonly attendeesOf?: { readonly eventId: string; readonly after: string; readonly limit: number };
}

const questionIn = ({ body }: Received): Question => JSON.parse(body) as Question;

export class HttpHost implements TestHost {
  private readonly rows = new Map<string, Map<string, HostFields>>();

  private constructor(
    readonly server: Loopback,
    private readonly proxy: TcpProxy,
  ) {
    server.script = this.healthy;
  }

  static async open(): Promise<HttpHost> {
    const server = await Loopback.open();
    return new HttpHost(server, await TcpProxy.to(Number(new URL(server.origin).port)));
  }

  /** Answers as a host should. */
  readonly healthy: Script = (request) => {
    try {
      new Webhook(SECRET).verify(request.body, request.headers as Record<string, string>);
    } catch (error) {
      return json(401, { error: String(error) });
    }
    const { tenantId, attendeesOf, ...question } = questionIn(request);
    const rowsOf = (kind: HostKind) => this.rows.get(`${tenantId} ${kind}`) ?? new Map<string, HostFields>();
    if (attendeesOf) {
      const { eventId, after, limit } = attendeesOf;
      const attendees = [...rowsOf('attendee').values()]
        .filter((row) => row['eventId'] === eventId && row.id > after)
        .toSorted((one, other) => (one.id < other.id ? -1 : 1));
      return json(200, { attendees: attendees.slice(0, limit) });
    }
    const found = KINDS.filter((kind) => QUERY_OF[kind] in question).map((kind) => {
      const ids = question[QUERY_OF[kind]] as string[];
      return [QUERY_OF[kind], ids.flatMap((id) => rowsOf(kind).get(id) ?? [])];
    });
    return json(200, Object.fromEntries(found));
  };

  source(timeoutMs?: number): HttpHostSource {
    return this.knowing(SECRET, timeoutMs);
  }

  /** One that signs with this secret. */
  knowing(secret: string, timeoutMs?: number): HttpHostSource {
    return new HttpHostSource({ url: `http://127.0.0.1:${this.proxy.port}/host-data`, secret, timeoutMs });
  }

  put(tenantId: string, kind: HostKind, ...rows: readonly HostFields[]): Promise<void> {
    const known = this.rows.get(`${tenantId} ${kind}`) ?? new Map<string, HostFields>();
    this.rows.set(`${tenantId} ${kind}`, known);
    for (const row of rows) known.set(row.id, row);
    return Promise.resolve();
  }

  asked(): readonly HostKind[] {
    return this.server.received.flatMap((request) => {
      const question = questionIn(request);
      return KINDS.filter((kind) => QUERY_OF[kind] in question);
    });
  }

  away(isAway: boolean): void {
    if (isAway) this.proxy.cut();
    else this.proxy.restore();
  }

  drop(): void {
    this.proxy.dropConnections();
  }

  async stalled(work: () => Promise<void>): Promise<void> {
    this.server.script = () => 'hang';
    await work();
    this.server.script = this.healthy;
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.server.close();
  }
}
