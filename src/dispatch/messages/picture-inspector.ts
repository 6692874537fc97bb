/** Asks the hosts of pictures for their type and size. */
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { GuardedFetch, ShortCache } from '../../kernel/index.js';
import type { Picture } from '../../providers/index.js';

const REMEMBERED_MS = 5 * 60_000;
/** Addresses may have 2,000 characters each. */
const REMEMBERED = 2_000;
const DEADLINE_MS = 3_000;
/** How long the pictures of a tenant whose host kept us waiting are not asked for: others' messages wait in the same lanes. */
const PAUSE_MS = 60_000;

/** What servers call a file of which they know nothing. */
const NO_TYPE = /^(?:application|binary)\/octet-stream$/;

@Injectable()
export class PictureInspector {
  /** A test waits for less. */
  deadlineMs = DEADLINE_MS;
  private readonly pictures = new ShortCache<Picture>(REMEMBERED_MS, REMEMBERED);
  private readonly paused = new LRUCache<string, true>({ max: 10_000, ttl: PAUSE_MS });

  constructor(private readonly http: GuardedFetch) {}

  /** What is known of the picture, after at most `deadlineMs`, and remembered for some minutes, also that nothing is. Never rejects. */
  inspect(tenantId: string, url: string): Promise<Picture> {
    return this.pictures.get(url, () => this.ask(tenantId, url)).catch(() => ({}));
  }

  /** Rejects if it does not ask: that is not remembered. */
  private async ask(tenantId: string, url: string): Promise<Picture> {
    if (this.paused.has(tenantId)) throw new Error('The tenant’s pictures are not asked for now');
    // One clock for both: a timer of its own and the time that is left may differ by a millisecond, enough to ask again.
    const signal = AbortSignal.timeout(this.deadlineMs);
    // Hosts that know no HEAD are asked for one byte.
    const picture = (await this.said('HEAD', url, signal)) ?? (await this.said('GET', url, signal));
    if (picture === undefined && signal.aborted) this.paused.set(tenantId, true);
    return picture ?? {};
  }

  /** Undefined without an answer of success. */
  private async said(method: 'GET' | 'HEAD', url: string, signal: AbortSignal): Promise<Picture | undefined> {
    if (signal.aborted) return undefined;
    const headers = { 'accept-encoding': 'identity', ...(method === 'GET' && { range: 'bytes=0-0' }) };
    // Whatever fails: the provider may reach what we cannot.
    const answer = await this.http.ask(url, { method, headers, signal }).catch(() => undefined);
    return answer && answer.status >= 200 && answer.status < 300 ? pictureOf(answer.headers) : undefined;
  }
}

/** Of a part, the size of the whole is what counts. */
function pictureOf(headers: IncomingHttpHeaders): Picture {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  const range = headers['content-range'];
  const bytes = range === undefined ? headers['content-length'] : /^bytes 0-0\/(\d+)$/.exec(range)?.[1];
  return {
    ...(type && !NO_TYPE.test(type) && { type }),
    ...(bytes !== undefined && /^\d{1,15}$/.test(bytes) && { bytes: Number(bytes) }),
  };
}
