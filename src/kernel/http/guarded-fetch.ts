/** Requests to addresses that callers name: they reach the public internet, and nothing of our own network. */
import { lookup as systemLookup, Resolver } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { VERSION } from '../version.js';
import { isAddress, isPublicAddress, plainHost } from './public-address.js';

/** Concurrent requests to one host. */
const AT_ONCE = 8;
const CONNECT_MS = 3_000;
const DNS = { timeout: 1_000, tries: 2 };
/** Bytes of a body that are read to keep its connection; that of a longer one is closed. */
const BODY_LIMIT = 1_024;
/** Names that no public server has (RFC 6761, RFC 7686, RFC 8375, ICANN's `internal`). */
const SPECIAL_NAME = /(?:^|\.)(?:alt|example|home\.arpa|internal|invalid|local|localhost|onion|test)\.?$/;

/** The address leads elsewhere than to the public internet. It is not named here: it is the caller's. */
export class ForbiddenAddress extends Error {
  constructor() {
    super('The address is not of the public internet');
    this.name = 'ForbiddenAddress';
  }
}

export interface GuardedRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a POST. */
  readonly body?: string;
  /** Ends it, from the look-up of the name to the headers of the answer: the caller's deadline. */
  readonly signal: AbortSignal;
  /** The caller bounds its concurrent requests to each receiver, of which many may be behind one host: the host is not bounded here. */
  readonly isPaced?: true;
}

export interface GuardedDownload {
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends it, to the last byte of the body: the caller's deadline. */
  readonly signal: AbortSignal;
  /** Bytes of a body that are read at most. */
  readonly limit: number;
}

/** What comes before the body, which is not read. */
export interface GuardedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export interface DownloadAnswer extends GuardedAnswer {
  /** Of a 200; undefined for one beyond the limit. */
  readonly body?: Buffer | undefined;
}

@Injectable()
export class GuardedFetch implements OnApplicationShutdown {
  /** Separate from the process's own look-ups, which a slow server of names would hold up: they share four threads. A test asks its own. */
  readonly resolver = new Resolver(DNS);
  private readonly privateHosts: ReadonlySet<string>;
  private readonly agent: Agent;
  private readonly pacedAgent: Agent;

  constructor(@Inject(CONFIG) { privateHosts }: Pick<ReadyConfig, 'privateHosts'>) {
    this.privateHosts = new Set(privateHosts.map(plainHost));
    // Each connection looks its name up here, and goes where this look-up says: a name cannot change in between.
    const find = callbackify((host: string) => this.addressesOf(host));
    const lookup: LookupFunction = (host, { all }, callback) =>
      find(host, (error, found) => {
        if (error !== null) callback(error, '');
        else if (all) callback(null, found);
        else callback(null, found[0]?.address ?? '', found[0]?.family);
      });
    const options = { allowH2: false, connect: { lookup, timeout: CONNECT_MS } };
    this.agent = new Agent({ ...options, connections: AT_ONCE });
    this.pacedAgent = new Agent(options);
  }

  /**
   * Redirects are answers, and not followed. Raises ForbiddenAddress for any protocol but http and https, and for any host that is,
   * or by its name leads, elsewhere than to the public internet, unless the configuration allows it (`privateHosts`); and what the
   * network raises, also after the deadline. Such errors may hold the host's name: do not log them.
   */
  async ask(url: string, asked: GuardedRequest): Promise<GuardedAnswer> {
    const answer = await this.send(url, asked);
    leave(answer.body);
    return { status: answer.statusCode, headers: answer.headers };
  }

  /** A GET with the body of its answer, in the encoding it is kept in. Raises as `ask` does. */
  async download(url: string, { headers, signal, limit }: GuardedDownload): Promise<DownloadAnswer> {
    const asked = { method: 'GET', headers: { 'accept-encoding': 'identity', ...headers }, signal } as const;
    const answer = await this.send(url, asked);
    const head = { status: answer.statusCode, headers: answer.headers };
    if (answer.statusCode === 200) return { ...head, body: await bytesOf(answer, limit) };
    leave(answer.body);
    return head;
  }

  /** Whether an address may be asked, for all that can be told without a look-up of its name. */
  mayAsk(url: string): boolean {
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'http:' && protocol !== 'https:') return false;
    const host = plainHost(hostname);
    if (this.privateHosts.has(host)) return true;
    // An address in a URL is connected to without a look-up.
    return isAddress(host) ? isPublicAddress(host) : !SPECIAL_NAME.test(host);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.agent.destroy(), this.pacedAgent.destroy()]);
    this.resolver.cancel();
  }

  private send(url: string, { method, headers, body, signal, isPaced }: GuardedRequest): Promise<Answer> {
    if (!this.mayAsk(url)) return Promise.reject(new ForbiddenAddress());
    const named = { 'user-agent': `Callboard/${VERSION}`, ...headers }; // many hosts refuse who does not say
    const dispatcher = isPaced ? this.pacedAgent : this.agent;
    return request(url, { method, headers: named, body, signal, dispatcher });
  }

  /** Those of an allowed host are whatever the system says. */
  private async addressesOf(host: string): Promise<LookupAddress[]> {
    if (this.privateHosts.has(plainHost(host))) return systemLookup(host, { all: true });
    const found = await Promise.all([
      this.resolver.resolve4(host).catch(() => []),
      this.resolver.resolve6(host).catch(() => []),
    ]);
    const addresses = found.flatMap((some, index) =>
      some.filter(isPublicAddress).map((address) => ({ address, family: index === 0 ? 4 : 6 })),
    );
    if (addresses.length === 0) throw new ForbiddenAddress();
    return addresses;
  }
}

type Answer = Awaited<ReturnType<typeof request>>;

/** It ends with the signal at the latest. */
function leave(body: Answer['body']): void {
  void body.dump({ limit: BODY_LIMIT }).catch(() => undefined);
}

/** Undefined for more than the limit, whatever the answer says of its length. */
async function bytesOf({ headers, body }: Answer, limit: number): Promise<Buffer | undefined> {
  body.on('error', () => undefined); // a body that is left in the middle says so
  const chunks: Buffer[] = [];
  let bytes = Number(headers['content-length']) > limit ? Infinity : 0;
  if (bytes === 0)
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) break;
      chunks.push(chunk);
    }
  body.destroy();
  return bytes > limit ? undefined : Buffer.concat(chunks);
}
